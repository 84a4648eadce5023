"""Who fetches the goods of a van that stands, and where to, in English and Chinese."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from optimizer.domain.ids import LineKey
from optimizer.domain.network import Site, SiteKind
from optimizer.recovery.day import Day
from optimizer.recovery.fetching import Fetched
from optimizer.recovery.standing import Standing
from optimizer.response.words import Fate, Kind, Outcome


def kept_kind(site: Site) -> Kind:
    """Give the kind of a way out that keeps goods cold at a place."""
    return Kind.STATION if site.kind is SiteKind.STATION else Kind.COLD_CELLS


def said_of(
    day: Day,
    stood: Standing,
    takers: Sequence[Fetched],
    left: Mapping[LineKey, Fate],
    *,
    idle: bool,
) -> tuple[Kind, tuple[str, str]]:
    """Say what is done, and which kind of way out that is.

    Parameters
    ----------
    day, stood
        The day and the van that stands.
    takers
        Who comes.
    left
        What becomes of goods that nobody fetches.
    idle
        Whether the first who comes stood at home.
    """
    spot = stood.roads.problem.sites[stood.place]
    van, place = stood.where.vehicle.id, f"{spot.lat:.4f}, {spot.lon:.4f}"
    bring = [one.route.vehicle for one in takers if not one.handovers[-1].stored]
    store = [one for one in takers if one.handovers[-1].stored]
    english, chinese = [], []
    if bring:
        one = len(bring) == 1
        english.append(
            f"{' and '.join(bring)} fetch{'es' if one else ''} the goods of {van}, which stands at"
            f" {place}, and bring{'s' if one else ''} them to their points."
        )
        chinese.append(f"{'、'.join(bring)} 到 {van} 停驶处（{place}）接货并完成配送。")
    for each in store:
        site, goods = each.handovers[-1].site, "the rest" if bring else "the goods"
        english.append(
            f"{each.route.vehicle} fetches {goods} of {van} at {place} and leaves them at {site},"
            " which keeps them cold."
        )
        chinese.append(f"{each.route.vehicle} 到 {place} 接 {van} 的货物，存放在 {site} 冷藏。")
    if takers:
        kind = Kind.SECOND_VEHICLE if idle else Kind.NEIGHBOUR
        if not bring:
            kind = kept_kind(day.problem.sites[store[0].handovers[-1].site])
        return kind, (" ".join(english), "".join(chinese))
    spoilt = any(fate.outcome is Outcome.QUARANTINED for fate in left.values())
    kind = Kind.QUARANTINE if spoilt or not left else Kind.RETURN_TO_GRID
    return kind, (
        f"Nobody fetches the goods of {van}; it is towed home from {place}.",
        f"无人接货，{van} 从 {place} 被拖回。",
    )
