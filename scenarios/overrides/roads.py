"""Closed roads and slow traffic, known before the day is planned."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from optimizer.domain.network import SiteKind, TimeWindow
from optimizer.domain.problem import HORIZON_S, TrafficSlot
from optimizer.recovery.around import Area as Outline
from optimizer.recovery.closed_travel import ClosedTravel
from scenarios.language.kinds import Corner, DayTime, ListOf, Number
from scenarios.language.shapes import told
from scenarios.overrides.selecting import LEAST_CORNERS, crosses_itself, seconds_of
from scenarios.overrides.setting import DoesNotFit, Said, Setting


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseRoad:
    """Nobody may drive through an area all day; sites inside it cannot be reached."""

    polygon: tuple[tuple[float, float], ...] = told(
        "Corners as [lat, lon], the first one not repeated.", ListOf(Corner(), LEAST_CORNERS)
    )

    def refusal(self) -> tuple[str, str] | None:
        """Say what is wrong with the outline; None where nothing is."""
        if crosses_itself(self.polygon):
            return "CG-1612", "the outline crosses itself or has no inside"
        return None

    def applied(self, setting: Setting, seed: int) -> Setting:
        """Close the area in the source of distances."""
        outline = Outline.of(self.polygon)
        sites = list(setting.problem.sites.values())
        held = outline.holds(outline.plane([s.lat for s in sites], [s.lon for s in sites])).tolist()
        inside = [site for site, yes in zip(sites, held, strict=True) if yes]
        for site in inside:
            if site.kind is SiteKind.CENTRAL:
                raise DoesNotFit("CG-1611", f"the central warehouse {site.id} lies in the area")
        return setting.became(
            f"An area of {len(self.polygon)} corners is closed; {len(inside)} sites lie inside.",
            f"封闭区域（{len(self.polygon)} 个顶点），其中 {len(inside)} 个站点无法到达。",
            travel=ClosedTravel.of(setting.travel, self.polygon),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SlowTraffic:
    """Everything drives slower, or faster, and the planner knows."""

    factor: float = told("Drives take so many times as long.", Number(above=0, most=20))
    after: str | None = told("From this time on; without it, from the start.", DayTime(), None)
    before: str | None = told("Until this time; without it, to the end.", DayTime(), None)

    def applied(self, setting: Setting, seed: int) -> Setting:
        """Multiply the traffic factors inside the window."""
        problem = setting.problem
        opens = seconds_of(problem, self.after) or 0
        closes = seconds_of(problem, self.before)
        window = TimeWindow(opens=opens, closes=HORIZON_S if closes is None else closes)
        if window.closes <= window.opens:
            raise DoesNotFit("CG-1611", "before is not after after")
        slots = (
            *_inside(problem.travel.slots, window, self.factor),
            TrafficSlot(window=window, factor=self.factor),
            *problem.travel.slots,
        )
        hours = f" from {self.after or '00:00'}" if self.after or self.before else ""
        hours += f" to {self.before}" if self.before else ""
        said = Said(
            f"Drives take {self.factor:g} times as long{hours}.",
            f"行驶时间为 {self.factor:g} 倍{hours.replace(' from ', '，').replace(' to ', '–')}。",
        )
        slower = replace(problem, travel=replace(problem.travel, slots=slots))
        return replace(setting, problem=slower, said=(*setting.said, said))


def _inside(
    slots: tuple[TrafficSlot, ...], window: TimeWindow, factor: float
) -> Iterator[TrafficSlot]:
    """Give the parts of known slots that lie in the window, with both factors."""
    for slot in slots:
        opens = max(slot.window.opens, window.opens)
        closes = min(slot.window.closes, window.closes)
        if opens <= closes:
            both = TimeWindow(opens=opens, closes=closes)
            yield TrafficSlot(window=both, factor=slot.factor * factor)
