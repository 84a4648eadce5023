"""What the search for ways out gives, whatever the event was."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from optimizer.domain.ids import LineKey, SiteId
from optimizer.domain.plan import Route, Unserved, UnservedReason
from optimizer.domain.problem import HORIZON_S
from optimizer.recovery.anew import planned_anew
from optimizer.recovery.day import Day
from optimizer.recovery.option import Excuse, Option
from optimizer.response.why_not import Reason
from optimizer.response.words import BreachTimes, Kind, Refusal

NEVER = BreachTimes(p10=HORIZON_S, p50=HORIZON_S, p90=HORIZON_S)
"""No product is threatened."""

PLANNED = (
    "Everything that has not left is planned anew.",
    "尚未出发的部分全部重新规划。",
)


@dataclass(slots=True, kw_only=True)
class Found:
    """Ways out before they are judged.

    Parameters
    ----------
    affected
        Lines that the event itself concerns.
    last
        What is left when nothing else stands.
    lat, lon
        Where the event is.
    """

    affected: frozenset[LineKey]
    last: Option
    lat: float
    lon: float
    options: list[Option] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)
    breach: BreachTimes = NEVER

    def refuse(self, kind: Kind, place: str, why: Reason) -> None:
        """Note a way out that cannot be drawn up at all."""
        self.refused.append(Refusal(kind=kind, place=place, why=why))

    def plan_anew(
        self,
        day: Day,
        routes: Collection[Route],
        *,
        homes: Collection[SiteId],
        left: Mapping[LineKey, Unserved] | None = None,
        fixed: Collection[str] = (),
        excuses: tuple[Excuse, ...] = (),
    ) -> None:
        """Offer that everything which has not left is planned anew, or say why it cannot be.

        Parameters
        ----------
        day, routes, homes, left, fixed
            As for ``planned_anew``.
        excuses
            Findings that are the event itself.
        """
        answer = planned_anew(day, routes, homes=homes, left=left, fixed=fixed)
        if isinstance(answer, Reason):
            self.refuse(Kind.REPLAN, "", answer)
            return
        self.options.append(
            Option(
                kind=Kind.REPLAN,
                place="",
                routes=answer[0],
                unserved=answer[1],
                said=PLANNED,
                excuses=excuses,
            )
        )


def left_out(keys: Iterable[LineKey], detail: str) -> dict[LineKey, Unserved]:
    """Leave lines out for today."""
    return {key: Unserved(key=key, reason=UnservedReason.LEFT_OUT, detail=detail) for key in keys}
