"""Before a festival remote points take no orders."""

# ruff: noqa: RUF009 - told declares a field and makes no value

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from optimizer.domain.cut_off import CutOff
from optimizer.domain.ids import SiteId
from optimizer.domain.network import SiteKind
from optimizer.domain.problem import Problem
from scenarios.language.kinds import Day, Number
from scenarios.language.shapes import told
from scenarios.overrides.demand import withdrawn
from scenarios.overrides.network import metres
from scenarios.overrides.selecting import NAMES, known
from scenarios.overrides.setting import Setting


@dataclass(frozen=True, slots=True, kw_only=True)
class CutOffSites:
    """Sites take no orders in the last days before a festival."""

    festival: date = told("The festival's first day.", Day())
    days: int = told("How many days before it they stop.", Number(least=0, most=60, whole=True), 7)
    sites: tuple[str, ...] = told("Pickup points that stop.", NAMES, ())
    beyond_km: float | None = told(
        "Points farther than this from the nearest grid warehouse stop as well.",
        Number(above=0),
        None,
    )

    def applied(self, setting: Setting, seed: int) -> Setting:
        """Write the cut-off, and withdraw orders that it refuses on the day itself."""
        problem = setting.problem
        known("site", self.sites, problem.sites)
        cut = CutOff(festival=self.festival, days=self.days, sites=self._stopping(problem))
        before = setting.became(
            f"{len(cut.sites)} points take no orders in the {self.days} days before"
            f" {self.festival}.",
            f"{len(cut.sites)} 个自提点在 {self.festival} 前 {self.days} 天起停止接单。",
            cut_offs=(*problem.cut_offs, cut),
        )
        today = problem.horizon.instant(0).date()
        refused = [line for line in problem.lines.values() if cut.stops(line.site, today)]
        return withdrawn(before, refused, "cut-off before the festival") if refused else before

    def _stopping(self, problem: Problem) -> frozenset[SiteId]:
        far = {
            point.id
            for point in problem.sites_of(SiteKind.PICKUP)
            if self.beyond_km is not None
            and all(
                metres(g, point) > 1000 * self.beyond_km for g in problem.sites_of(SiteKind.GRID)
            )
        }
        return frozenset(far) | frozenset(self.sites)
