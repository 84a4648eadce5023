"""More or fewer orders."""

# ruff: noqa: RUF009 - told declares a field and makes no value

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import floor

from optimizer.domain.ids import LineKey
from optimizer.domain.network import SiteKind, TimeWindow
from optimizer.domain.orders import Mode, OrderLine
from optimizer.domain.temperature import Zone
from optimizer.domain.units import SECONDS_PER_HOUR, nearest_int, thousandths_up
from optimizer.formats.faults import shown
from scenarios.language.kinds import DayTime, ListOf, Number, Text, Words
from scenarios.language.shapes import told
from scenarios.overrides.chance import share_of
from scenarios.overrides.selecting import (
    AREA,
    EVERY_LINE,
    LINES,
    NAMES,
    ZONE,
    Area,
    Lines,
    known,
    seconds_of,
)
from scenarios.overrides.setting import DoesNotFit, Setting

MOST_FACTOR = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class ScaleDemand:
    """Multiply what is ordered."""

    factor: float = told("How many times as much.", Number(least=0, most=MOST_FACTOR))
    of: Lines = told("Which order lines; without it, all.", LINES, EVERY_LINE)
    by: str = told(
        "size makes every line heavier; orders makes more orders of the same size.",
        Words(("size", "orders")),
        "size",
    )

    def applied(self, setting: Setting, seed: int) -> Setting:
        """Scale the lines meant; rounding goes to the nearest gram, millilitre and cent."""
        meant = {line.key for line in self.of.of(setting.problem)}
        lines: dict[LineKey, OrderLine] = {}
        for key, line in setting.problem.lines.items():
            if key not in meant:
                lines[key] = line
            elif self.by == "size":
                lines.update(self._larger(line))
            else:
                lines.update(self._more(line, seed))
        collects = setting.problem.collects
        clash = next((key for key in lines if key in collects), None)
        if clash is not None:
            raise DoesNotFit("CG-1611", f"an order line {clash} would have the name of a collect")
        en, zh = self.of.words()
        return setting.became(
            f"Demand{en} times {self.factor:g}: {len(meant):,} lines are meant.",
            f"需求{zh}乘以 {self.factor:g}：涉及 {len(meant):,} 行。",
            lines=lines,
        )

    def _larger(self, line: OrderLine) -> dict[LineKey, OrderLine]:
        if not self.factor:
            return {}
        scaled = replace(
            line,
            mass_g=max(1, nearest_int(line.mass_g * self.factor)),
            volume_ml=max(1, nearest_int(line.volume_ml * self.factor)),
            value_cents=nearest_int(line.value_cents * self.factor),
        )
        return {line.key: scaled}

    def _more(self, line: OrderLine, seed: int) -> dict[LineKey, OrderLine]:
        # An order is copied or left out as a whole: its lines draw by the order's name.
        rest = self.factor - floor(self.factor)
        copies = floor(self.factor) + share_of(seed, "scale_demand", line.key.order, share=rest)
        names = [LineKey(_copy(line.key.order, number), line.key.line) for number in range(copies)]
        return {key: replace(line, key=key) for key in names}


def _copy(order: str, number: int) -> str:
    return order if number == 0 else f"{order}~{number}"


@dataclass(frozen=True, slots=True, kw_only=True)
class AddOrders:
    """Add an order of one line at many pickup points, such as a gift box."""

    article: str = told("The article.", Text())
    zone: str = told("Its temperature zone.", ZONE)
    mass_kg: float = told("Of one order.", Number(above=0, most=1000))
    volume_l: float = told("Of one order.", Number(above=0, most=5000))
    value_cents: int = told("Of one order.", Number(least=0, whole=True))
    promise: str = told("The promise class.", Text())
    per_site: int = told("Orders at every point.", Number(least=1, most=1000, whole=True), 1)
    sites: tuple[str, ...] = told("Pickup points; without them, all.", NAMES, ())
    area: Area | None = told("Where the points lie.", AREA, None)
    priority: int = told("1 is ordinary; higher is served first.", Number(least=1, whole=True), 1)
    shelf_life_left_h: float | None = told("At the start of the day.", Number(above=0), None)
    after: str | None = told("When the booked window opens.", DayTime(), None)
    before: str | None = told("When it closes; both or neither.", DayTime(), None)

    def applied(self, setting: Setting, seed: int) -> Setting:
        """Add the orders."""
        problem = setting.problem
        known("promise", [self.promise], problem.promises)
        known("site", self.sites, problem.sites)
        points = problem.sites_of(SiteKind.PICKUP)
        inside = None if self.area is None else self.area.inside(points)
        chosen = [
            point.id
            for point in points
            if (not self.sites or point.id in self.sites) and (inside is None or point.id in inside)
        ]
        start, end = (seconds_of(problem, text) for text in (self.after, self.before))
        if (start is None) != (end is None) or (start is not None and (end or 0) <= start):
            raise DoesNotFit("CG-1611", "after and before are no window")
        window = None if start is None or end is None else TimeWindow(opens=start, closes=end)
        lines = dict(problem.lines)
        for site in chosen:
            for number in range(self.per_site):
                key = LineKey(f"{self.article}-{site}-{number + 1}", "1")
                if key in lines or key in problem.collects:
                    raise DoesNotFit("CG-1611", f"there is an order {key} already")
                lines[key] = self._line(key, site, window)
        made = len(chosen) * self.per_site
        return setting.became(
            f"{made:,} orders of {self.article} at {len(chosen)} points, {self.mass_kg:g} kg each.",
            f"在 {len(chosen)} 个自提点新增 {made:,} 单 {self.article}，每单 {self.mass_kg:g} kg。",
            lines=lines,
        )

    def _line(self, key: LineKey, site: str, window: TimeWindow | None) -> OrderLine:
        life = self.shelf_life_left_h
        return OrderLine(
            key=key,
            site=site,
            article=self.article,
            batch=None,
            zone=Zone(self.zone),
            mass_g=thousandths_up(self.mass_kg),
            volume_ml=thousandths_up(self.volume_l),
            value_cents=self.value_cents,
            shelf_life_left_s=None if life is None else int(life * SECONDS_PER_HOUR),
            promise=self.promise,
            priority=self.priority,
            window=window,
            mode=Mode.PICKUP,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawOrders:
    """Take orders out, because a supplier fails or a site takes none before a festival."""

    of: Lines = told("Which order lines.", LINES)
    share: float = told("Share of the orders meant, drawn by seed.", Number(above=0, most=1), 1.0)
    because: str = told("Why, in a few words.", Text(), "")

    def applied(self, setting: Setting, seed: int) -> Setting:
        """Take the lines out and count them."""
        return withdrawn(
            setting,
            [
                line
                for line in self.of.of(setting.problem)
                if share_of(seed, "withdraw_orders", line.key.order, share=self.share)
            ],
            self.because or "withdrawn",
        )


def withdrawn(setting: Setting, lines: Sequence[OrderLine], why: str) -> Setting:
    """Take order lines out of a setting and count them."""
    gone = {line.key for line in lines}
    mass = sum(line.mass_g for line in lines)
    left = {key: line for key, line in setting.problem.lines.items() if key not in gone}
    if gone and not left:
        raise DoesNotFit("CG-1611", "no order would be left")
    changed = setting.became(
        f"{len(gone):,} order lines, {mass / 1000:,.0f} kg, fall out: {shown(why)[1:-1]}.",
        f"{len(gone):,} 行订单（{mass / 1000:,.0f} kg）取消：{shown(why)[1:-1]}。",
        lines=left,
    )
    return replace(
        changed,
        withdrawn_lines=setting.withdrawn_lines + len(gone),
        withdrawn_g=setting.withdrawn_g + mass,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplierOutage:
    """A supplier delivers nothing, or only a part, of its articles."""

    articles: tuple[str, ...] = told("What it supplies; * stands for any text.", ListOf(Text()))
    share: float = told("Share of the orders that cannot be filled.", Number(above=0, most=1), 1.0)
    alternate: float = told(
        "Share of the shortfall that another supplier covers.", Number(least=0, most=1), 0.0
    )

    def applied(self, setting: Setting, seed: int) -> Setting:
        """Withdraw the orders that nobody can fill."""
        short = self.share * (1.0 - self.alternate)
        lines = [
            line
            for line in Lines(articles=self.articles).of(setting.problem)
            if share_of(seed, "supplier_outage", line.key.order, share=short)
        ]
        return withdrawn(setting, lines, f"the supplier of {', '.join(self.articles)} fails")
