"""Promises, weights, temperatures, weather, radius and waves."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import inf
from typing import Any

from optimizer.domain.network import SiteKind
from optimizer.domain.objective import Promise
from optimizer.domain.temperature import TemperatureBand, Zone
from optimizer.domain.units import SECONDS_PER_HOUR
from scenarios.language.kinds import DayTime, Number, Text, YesNo
from scenarios.language.shapes import told
from scenarios.overrides.selecting import ZONE, known, seconds_of
from scenarios.overrides.setting import DoesNotFit, Setting

CELSIUS = Number(least=-60, most=60)


@dataclass(frozen=True, slots=True, kw_only=True)
class SetPromise:
    """Change a promise class, or add one."""

    promise: str = told("Its name.", Text())
    deadline_h: float | None = told(
        "Hours from the start of the day's horizon.", Number(above=0, most=48), None
    )
    within_h: float | None = told("Hours from the order.", Number(above=0, most=48), None)
    cents_per_min_late: int | None = told(
        "Cost of a late minute.", Number(least=0, whole=True), None
    )
    soft_window: bool | None = told("Booked windows may be missed at a price.", YesNo(), None)
    express: bool | None = told("Leaves without waiting for a wave.", YesNo(), None)

    def applied(self, setting: Setting, seed: int) -> Setting:
        """Change the promise."""
        promises = dict(setting.problem.promises)
        before = promises.get(self.promise)
        if before is None and self.deadline_h is None:
            known("promise", [self.promise], promises)
        changes: dict[str, Any] = {
            "deadline_s": None
            if self.deadline_h is None
            else int(self.deadline_h * SECONDS_PER_HOUR),
            "within_s": None if self.within_h is None else int(self.within_h * SECONDS_PER_HOUR),
            "cents_per_min_late": self.cents_per_min_late,
            "soft_window": self.soft_window,
            "express": self.express,
        }
        given = {name: value for name, value in changes.items() if value is not None}
        start = before or Promise(deadline_s=given["deadline_s"], cents_per_min_late=0)
        promises[self.promise] = replace(start, **given)
        return setting.became(
            f"The promise {self.promise} changes.",
            f"承诺等级 {self.promise} 改变。",
            promises=promises,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SetBand:
    """Change what a temperature zone allows, is set to, or is loaded at."""

    zone: str = told("The zone.", ZONE)
    lower_c: float | None = told("Lower edge of the product's band.", CELSIUS, None)
    upper_c: float | None = told("Upper edge of the product's band.", CELSIUS, None)
    setpoint_c: float | None = told("What compartments are set to.", CELSIUS, None)
    loading_c: float | None = told("What goods have when they are loaded.", CELSIUS, None)
    time_on_board_h: float | None = told("Longest time on board per leg.", Number(above=0), None)

    def applied(self, setting: Setting, seed: int) -> Setting:
        """Change the zone's policy."""
        zone = Zone(self.zone)
        policy = setting.problem.policies[zone]
        lower = policy.product.lower_c if self.lower_c is None else self.lower_c
        upper = policy.product.upper_c if self.upper_c is None else self.upper_c
        if lower > -inf and lower >= upper:
            raise DoesNotFit("CG-1611", f"the band of {self.zone} has no inside")
        changed = replace(
            policy,
            product=TemperatureBand(lower_c=lower, upper_c=upper),
            setpoint_c=policy.setpoint_c if self.setpoint_c is None else self.setpoint_c,
            loading_c=policy.loading_c if self.loading_c is None else self.loading_c,
        )
        on_board = dict(setting.problem.time_on_board_s)
        if self.time_on_board_h is not None:
            on_board[zone] = int(self.time_on_board_h * SECONDS_PER_HOUR)
        parts = self._changes(lower, upper)
        return setting.became(
            f"Goods in the {self.zone} zone: {', '.join(en for en, _ in parts)}.",
            f"{_ZONE_ZH[zone]}温区：{'，'.join(zh for _, zh in parts)}。",
            policies={**setting.problem.policies, zone: changed},
            time_on_board_s=on_board,
        )

    def _changes(self, lower: float, upper: float) -> list[tuple[str, str]]:
        """Name what is set, in English and Chinese; the band has an upper edge in any case."""
        parts: list[tuple[str, str]] = []
        if self.lower_c is not None or self.upper_c is not None:
            below = lower == -inf
            parts.append(
                (f"band up to {upper:g} °C", f"不高于 {upper:g} °C")
                if below
                else (f"band {lower:g} to {upper:g} °C", f"{lower:g} 至 {upper:g} °C")
            )
        if self.loading_c is not None:
            parts.append((f"loaded at {self.loading_c:g} °C", f"装车温度 {self.loading_c:g} °C"))
        if self.setpoint_c is not None:
            parts.append((f"kept at {self.setpoint_c:g} °C", f"设定温度 {self.setpoint_c:g} °C"))
        if self.time_on_board_h is not None:
            hours = f"{self.time_on_board_h:g} h"
            parts.append((f"at most {hours} on board", f"在途不超过 {hours}"))
        return parts or [("as before", "不变")]


_ZONE_ZH = {Zone.FROZEN: "冷冻", Zone.CHILLED: "冷藏", Zone.CONTROLLED: "恒温"}


@dataclass(frozen=True, slots=True, kw_only=True)
class SetWeather:
    """Change the air outside and the sun on the roofs, as the planner knows them."""

    ambient_c: float | None = told("Outside air.", CELSIUS, None)
    sun_c: float | None = told(
        "How much hotter the sun makes a roof.", Number(least=0, most=60), None
    )

    def applied(self, setting: Setting, seed: int) -> Setting:
        """Change the weather."""
        problem = setting.problem
        ambient = problem.ambient_c if self.ambient_c is None else self.ambient_c
        sun = problem.sun_c if self.sun_c is None else self.sun_c
        return setting.became(
            f"Outside {ambient:g} °C (was {problem.ambient_c:g}), roofs {sun:g} K hotter.",
            f"室外 {ambient:g} °C（原 {problem.ambient_c:g} °C），车顶高 {sun:g} K。",
            ambient_c=ambient,
            sun_c=sun,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SetObjective:
    """Change weights of the objective."""

    transfer_cents: int | None = told("Per order and transfer.", Number(least=0, whole=True), None)
    shelf_life_weight: float | None = told("Share of value lost.", Number(least=0, most=10), None)
    stability_cents: int | None = told(
        "Per stop that another vehicle makes than usual.", Number(least=0, whole=True), None
    )
    round_trips_per_unserved: int | None = told(
        "Dearest round trips that a line left out costs.", Number(least=1, whole=True), None
    )

    def applied(self, setting: Setting, seed: int) -> Setting:
        """Change the weights."""
        names = (
            "transfer_cents",
            "shelf_life_weight",
            "stability_cents",
            "round_trips_per_unserved",
        )
        given = {name: getattr(self, name) for name in names if getattr(self, name) is not None}
        listed = ", ".join(f"{name} {value:g}" for name, value in given.items()) or "nothing"
        return setting.became(
            f"Weights of the objective: {listed}.",
            f"目标权重：{listed}。",
            objective=replace(setting.problem.objective, **given),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SetService:
    """Change what holds of the whole day: radius, service at doors, how long hand-overs take."""

    radius_km: float | None = told(
        "Longest way from grid to point.", Number(above=0, most=500), None
    )
    no_radius: bool = told("No such limit.", YesNo(), False)
    regrid: bool = told("Let the planner choose the grid of every point.", YesNo(), False)
    orders_together: bool | None = told("Orders come whole or not at all.", YesNo(), None)
    service_factor: float = told(
        "Visits to pickup points take so many times as long.", Number(above=0, most=20), 1.0
    )

    def applied(self, setting: Setting, seed: int) -> Setting:
        """Change the rules of the day."""
        problem = setting.problem
        radius = None if self.no_radius else problem.radius_m
        if self.radius_km is not None:
            radius = round(self.radius_km * 1000)
        sites = {
            site.id: replace(
                site,
                grid=None if self.regrid else site.grid,
                service_s=round(site.service_s * self.service_factor),
            )
            if site.kind is SiteKind.PICKUP
            else site
            for site in problem.sites.values()
        }
        together = self.orders_together
        far = "none" if radius is None else f"{radius / 1000:g} km"
        return setting.became(
            f"Radius {far}; visits × {self.service_factor:g}"
            + ("; points may change their grid." if self.regrid else "."),
            f"半径 {'不限' if radius is None else far}；停留时间 × {self.service_factor:g}"
            + ("；自提点可更换网格仓。" if self.regrid else "。"),
            sites=sites,
            radius_m=radius,
            door_service_s=round(problem.door_service_s * self.service_factor),
            orders_together=problem.orders_together if together is None else together,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveWave:
    """Let a wave depart at another time."""

    wave: str = told("Its id.", Text())
    departs: str = told("The new time of departure.", DayTime())

    def applied(self, setting: Setting, seed: int) -> Setting:
        """Move the wave."""
        waves = {wave.id: wave for wave in setting.problem.waves}
        known("wave", [self.wave], waves)
        departs = seconds_of(setting.problem, self.departs)
        assert departs is not None
        waves[self.wave] = replace(waves[self.wave], departs=departs)
        ordered = sorted(waves.values(), key=lambda wave: wave.departs)
        return setting.became(
            f"The wave {self.wave} departs at {self.departs}.",
            f"波次 {self.wave} 改为 {self.departs} 出发。",
            waves=tuple(ordered),
        )
