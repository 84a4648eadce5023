"""Vehicles: more, fewer, others, sick ones, and what they cost."""

# ruff: noqa: RUF009 - told declares a field and makes no value

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from optimizer.domain.fleet import Cooling, Echelon, Vehicle
from optimizer.domain.network import SiteKind, TimeWindow
from optimizer.domain.problem import HORIZON_S, Problem
from optimizer.domain.temperature import ZONES, Zone
from optimizer.domain.units import SECONDS_PER_HOUR, nearest_int, thousandths_down
from scenarios.language.kinds import DayTime, ListOf, MapOf, Number, Text, Words, YesNo
from scenarios.language.shapes import Record, told
from scenarios.overrides.chance import uniform
from scenarios.overrides.selecting import (
    EVERY_VEHICLE,
    NAMES,
    VEHICLES,
    Vehicles,
    known,
    seconds_of,
)
from scenarios.overrides.setting import DoesNotFit, Setting

LITRES = MapOf(Number(least=0), tuple(zone.value for zone in ZONES))
COUNT = Number(least=1, most=2000, whole=True)
CENTS = Number(least=0, whole=True)
ECHELON = {SiteKind.CENTRAL: Echelon.LINEHAUL, SiteKind.GRID: Echelon.LAST_MILE}


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """What a vehicle is otherwise; what is not given stays as it is."""

    owner: str | None = told("own or backup.", Words(("own", "backup")), None)
    carrier: str | None = told("Company that drives it.", Text(), None)
    payload_kg: float | None = told("What it may carry.", Number(above=0), None)
    capacity_l: dict[str, float] | None = told(
        "Compartment per zone; a zone that is absent cannot be carried.", LITRES, None
    )
    bulkhead_step_l: float | None = told("Step of movable bulkheads.", Number(above=0), None)
    fixed_bulkheads: bool = told("Bulkheads do not move.", YesNo(), False)
    cooling: str | None = told(
        "Refrigeration unit, or boxes with ice.", Words(tuple(c.value for c in Cooling)), None
    )
    live_temperature: bool | None = told("Whether compartments report.", YesNo(), None)
    fixed_cents: int | None = told("Cost of using it at all.", CENTS, None)
    cents_per_km: int | None = told("Cost of a kilometre.", CENTS, None)
    cents_per_h: int | None = told("Cost of an hour.", CENTS, None)
    shift_start: str | None = told("Earliest departure.", DayTime(), None)
    shift_end: str | None = told("Latest return.", DayTime(), None)
    max_trips: int | None = told("Trips a day.", Number(least=1, most=50, whole=True), None)
    skills: tuple[str, ...] | None = told("What it can do that not every one can.", NAMES, None)

    def on(self, problem: Problem, van: Vehicle) -> Vehicle:
        """Give a vehicle with these changes.

        Raises
        ------
        DoesNotFit
            The shift has no length.
        """
        changes: dict[str, Any] = dict(self._plain())
        start, end = (seconds_of(problem, text) for text in (self.shift_start, self.shift_end))
        opens = van.shift.opens if start is None else start
        closes = van.shift.closes if end is None else end
        if start is not None or end is not None:
            closes += 24 * SECONDS_PER_HOUR if closes < opens else 0
            if not opens < closes <= HORIZON_S:
                raise DoesNotFit("CG-1611", f"vehicle {van.id}: the shift has no length")
            changes["shift"] = TimeWindow(opens=opens, closes=closes)
        return replace(van, **changes)

    def _plain(self) -> Iterator[tuple[str, Any]]:
        same = ("owner", "carrier", "live_temperature", "fixed_cents", "cents_per_km",
                "cents_per_h", "max_trips")  # fmt: skip
        for name in same:
            if getattr(self, name) is not None:
                yield name, getattr(self, name)
        if self.payload_kg is not None:
            yield "payload_g", thousandths_down(self.payload_kg)
        if self.capacity_l is not None:
            room = {Zone(zone): thousandths_down(x) for zone, x in self.capacity_l.items()}
            yield "capacity_ml", {zone: room.get(zone, 0) for zone in ZONES}
        if self.bulkhead_step_l is not None:
            yield "bulkhead_step_ml", thousandths_down(self.bulkhead_step_l)
        if self.fixed_bulkheads:
            yield "bulkhead_step_ml", None
        if self.cooling is not None:
            yield "cooling", Cooling(self.cooling)
        if self.skills is not None:
            yield "skills", frozenset(skill.casefold() for skill in self.skills)


FIT = Record(Fit)


@dataclass(frozen=True, slots=True, kw_only=True)
class AddVehicles:
    """Add vehicles like one that there is: bought, hired, or of a backup carrier."""

    like: str = told("A vehicle of the base.", Text())
    homes: tuple[str, ...] = told(
        "Warehouses where they are at home, in turn; without them, that of the model.",
        ListOf(Text()),
        (),
    )
    count: int = told("How many together.", COUNT, 1)
    name: str = told("Their ids are this name and a number.", Text(), "N")
    but: Fit = told("How they differ from the model.", FIT, Fit())

    def applied(self, setting: Setting, seed: int) -> Setting:
        """Add the vehicles."""
        problem = setting.problem
        known("vehicle", [self.like], problem.vehicles)
        known("site", self.homes, problem.sites)
        model = self.but.on(problem, problem.vehicles[self.like])
        homes = self.homes or (model.home,)
        for home in homes:
            if ECHELON.get(problem.sites[home].kind) is not model.echelon:
                raise DoesNotFit("CG-1611", f"{home} is no home for {self.like}")
        vehicles = dict(problem.vehicles)
        for number in range(self.count):
            name = f"{self.name}{number + 1}"
            if name in vehicles:
                raise DoesNotFit("CG-1611", f"there is a vehicle {name} already")
            vehicles[name] = replace(model, id=name, home=homes[number % len(homes)])
        return setting.became(
            f"{self.count} vehicles like {self.like} join ({model.owner}).",
            f"新增 {self.count} 辆与 {self.like} 同款的车（{_OWNER_ZH[model.owner]}）。",
            vehicles=vehicles,
        )


_OWNER_ZH = {"own": "自有", "backup": "备用承运商"}


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveVehicles:
    """Take vehicles away."""

    of: Vehicles = told("Which vehicles.", VEHICLES)
    most: int | None = told("So many at most, those with the last ids first.", COUNT, None)

    def applied(self, setting: Setting, seed: int) -> Setting:
        """Take the vehicles away."""
        meant = sorted((van.id for van in self.of.of(setting.problem)), reverse=True)
        gone = set(meant if self.most is None else meant[: self.most])
        return less_vehicles(setting, gone, "are taken away", "撤出")


@dataclass(frozen=True, slots=True, kw_only=True)
class SickVehicles:
    """A share of the vehicles cannot drive today, drawn by seed."""

    share: float = told("0.3 is 30 %, rounded to whole vehicles.", Number(least=0, most=1))
    of: Vehicles = told(
        "Of which vehicles; without it, of our own.", VEHICLES, Vehicles(owner="own")
    )

    def applied(self, setting: Setting, seed: int) -> Setting:
        """Draw the vehicles and take them away."""
        meant = [van.id for van in self.of.of(setting.problem)]
        drawn = sorted(meant, key=lambda name: (uniform(seed, "sick_vehicles", name), name))
        gone = set(drawn[: round(self.share * len(drawn))])
        return less_vehicles(setting, gone, "cannot drive today", "今日停驶")


@dataclass(frozen=True, slots=True, kw_only=True)
class LinehaulOutage:
    """Trucks of the linehaul fail or leave late."""

    share: float = told(
        "Share of the trucks that fail, drawn by seed.", Number(least=0, most=1), 0.0
    )
    delay_h: float = told("So much later the others start.", Number(least=0, most=24), 0.0)

    def applied(self, setting: Setting, seed: int) -> Setting:
        """Take trucks away and move the shifts of the others."""
        trucks = Vehicles(echelon=Echelon.LINEHAUL.value)
        after = setting
        if self.share:
            after = SickVehicles(share=self.share, of=trucks).applied(setting, seed)
        if self.delay_h:
            return self._delayed(after, trucks)
        return after if self.share else after.became("No truck is late.", "干线车辆均不晚发。")

    def _delayed(self, setting: Setting, trucks: Vehicles) -> Setting:
        delay = int(self.delay_h * SECONDS_PER_HOUR)
        late = {
            van.id: replace(van, shift=_later(van.shift, delay))
            for van in trucks.of(setting.problem)
        }
        return setting.became(
            f"Trucks start {self.delay_h:g} hours later.",
            f"干线车辆晚发 {self.delay_h:g} 小时。",
            vehicles={**setting.problem.vehicles, **late},
        )


def _later(shift: TimeWindow, delay: int) -> TimeWindow:
    closes = min(shift.closes + delay, HORIZON_S)
    return TimeWindow(opens=min(shift.opens + delay, closes), closes=closes)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplaceVehicles:
    """Vehicles become others: like a model, or different in what is given; ids and homes stay."""

    of: Vehicles = told("Which vehicles.", VEHICLES)
    like: str | None = told("A vehicle of the base whose kind they take.", Text(), None)
    but: Fit = told("How they differ from it, or from what they were.", FIT, Fit())

    def applied(self, setting: Setting, seed: int) -> Setting:
        """Replace the vehicles."""
        problem = setting.problem
        meant = self.of.of(problem)
        model = None
        if self.like is not None:
            known("vehicle", [self.like], problem.vehicles)
            model = problem.vehicles[self.like]
        changed = {}
        for van in meant:
            if model is not None and model.echelon is not van.echelon:
                raise DoesNotFit("CG-1611", f"{van.id} and {self.like} are of two echelons")
            kept = (
                van if model is None else replace(model, id=van.id, home=van.home, shift=van.shift)
            )
            changed[van.id] = self.but.on(problem, kept)
        return setting.became(
            f"{len(changed)} vehicles are replaced"
            + (f" by such as {self.like}." if model else "."),
            f"{len(changed)} 辆车更换" + (f"为 {self.like} 同款。" if model else "。"),
            vehicles={**problem.vehicles, **changed},
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class VehicleCosts:
    """Vehicles cost more or less."""

    of: Vehicles = told("Which vehicles; without it, all.", VEHICLES, EVERY_VEHICLE)
    fixed: float = told("Factor of the cost of using a vehicle.", Number(least=0, most=100), 1.0)
    per_km: float = told("Factor of a kilometre's cost.", Number(least=0, most=100), 1.0)
    per_h: float = told("Factor of an hour's cost.", Number(least=0, most=100), 1.0)

    def applied(self, setting: Setting, seed: int) -> Setting:
        """Change the costs; rounded to whole cents."""
        problem = setting.problem
        dearer = {
            van.id: replace(
                van,
                fixed_cents=nearest_int(van.fixed_cents * self.fixed),
                cents_per_km=nearest_int(van.cents_per_km * self.per_km),
                cents_per_h=nearest_int(van.cents_per_h * self.per_h),
            )
            for van in self.of.of(problem)
        }
        figures = f"× {self.fixed:g} / {self.per_km:g} / {self.per_h:g}"
        return setting.became(
            f"Costs of {len(dearer)} vehicles (fixed, km, hour): {figures}.",
            f"{len(dearer)} 辆车的成本（固定、公里、小时）：{figures}。",
            vehicles={**problem.vehicles, **dearer},
        )


def less_vehicles(setting: Setting, gone: set[str], en: str, zh: str) -> Setting:
    """Take vehicles out of a setting."""
    problem = setting.problem
    left: Mapping[str, Vehicle] = {k: v for k, v in problem.vehicles.items() if k not in gone}
    if not left:
        raise DoesNotFit("CG-1611", "no vehicle would be left")
    names = ", ".join(sorted(gone)[:8]) + (" …" if len(gone) > 8 else "")  # noqa: PLR2004 - a line
    usual = {site: van for site, van in problem.usual_vehicle.items() if van in left}
    many = f"{len(gone)} vehicles {en}"
    if len(gone) == 1:
        many = f"1 vehicle {en.replace('are ', 'is ', 1)}"
    return setting.became(
        f"{many}: {names}." if gone else "No vehicle is concerned.",
        f"{len(gone)} 辆车{zh}：{names}。" if gone else "没有车辆受影响。",
        vehicles=left,
        usual_vehicle=usual,
    )
