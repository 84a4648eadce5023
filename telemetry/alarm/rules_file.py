"""Reads rule packs from YAML; all faults of a file are found in one reading.

A file is one pack, or a list of them under ``packs``. Limits are in °C, times in seconds;
``window_s: since_armed`` counts from arming on. See ``packs/`` for the shipped ones.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import fields
from math import inf

from optimizer.domain.errors import InputRefused
from optimizer.domain.temperature import TemperatureBand, Zone
from telemetry.alarm.rules import (
    CumulativeRule,
    IntervalRule,
    LimitRule,
    MktRule,
    Profile,
    Side,
)
from telemetry.alarm.words import Severity
from telemetry.alarm.yaml_rows import Faults, Row, as_rows, parse

SIDES = {side.value: side for side in Side}
SEVERITIES = {severity.word: severity for severity in Severity}
ZONES = {zone.value: zone for zone in Zone}
SINCE_ARMED = "since_armed"
RESERVED = ("sensor_fault", "stale", "precooling", "no_cooling", "predicted")
"""Rules that every profile has; no other may have their names."""

PACK_KEYS = tuple(field.name for field in fields(Profile) if field.init)
DEFAULTS = {field.name: field.default for field in fields(Profile) if field.init}
NEVER = "never"
"""Stands for no silence watched, no second alarm, no escalation, nothing foreseen."""

MAY_BE_NEVER = frozenset({"stale_after_s", "re_alarm_s", "escalate_after_s", "product_lag_s"})


def read_rules(text: str, file: str) -> dict[str, Profile]:
    """Read rule packs by their names.

    Parameters
    ----------
    text
        YAML.
    file
        Its name, for messages.

    Raises
    ------
    InputRefused
        With every fault that was found.
    """
    faults = Faults(file)
    document = parse(text, faults)
    packs: list[Profile] = []
    if not faults.found:
        for row in _pack_rows(document, faults):
            packs.append(_pack(row))
    for name, count in Counter(pack.name for pack in packs).items():
        if count > 1:
            faults.add("CG-8104", "", f"{count} packs are called {name}")
    if faults.found:
        raise InputRefused(faults.found)
    return {pack.name: pack for pack in packs}


def _pack_rows(document: object, faults: Faults) -> list[Row]:
    if not isinstance(document, dict) or "packs" not in document:
        return list(as_rows(document, "", faults))
    whole = Row(document, "", faults)
    whole.only(("packs",))
    return list(whole.rows("packs"))


def _pack(row: Row) -> Profile:
    row.only(PACK_KEYS)
    zone = row.word("zone", ZONES) if row.has("zone") else None
    limits = tuple(_limit(one) for one in row.rows("limits"))
    sums = tuple(_cumulative(one) for one in row.rows("cumulative"))
    mkt = next((_mkt(one) for one in row.row("mkt")), None)
    if mkt is not None and zone is Zone.FROZEN:
        row.refuse("CG-8103", "mkt", "mean kinetic temperature says nothing about frozen goods")
    names = [*RESERVED, *(rule.name for rule in limits), *(rule.name for rule in sums)]
    names += [] if mkt is None else [mkt.name]
    for name, count in Counter(names).items():
        if count > 1:
            row.refuse("CG-8104", "limits", f"the rule's name {name} is taken")
    _check_order(row, limits)
    return Profile(
        name=row.text("name"),
        version=row.whole("version", least=1),
        zone=zone,
        band=next(
            (_band(one) for one in row.row("band")), TemperatureBand(lower_c=-inf, upper_c=inf)
        ),
        limits=limits,
        cumulative=sums,
        mkt=mkt,
        deadband_c=_not_negative(row, "deadband_c"),
        off_delay_s=_seconds(row, "off_delay_s") or 0,
        most_off_delay_s=_seconds(row, "most_off_delay_s") or 0,
        stale_after_s=_seconds(row, "stale_after_s"),
        re_alarm_s=_seconds(row, "re_alarm_s"),
        escalate_after_s=_seconds(row, "escalate_after_s"),
        disagreement_c=_not_negative(row, "disagreement_c"),
        disagreement_s=_seconds(row, "disagreement_s") or 0,
        product_lag_s=_seconds(row, "product_lag_s"),
        longest_interval_s=_seconds(row, "longest_interval_s"),
        intervals=tuple(_interval(one) for one in row.rows("intervals")),
    )


def _band(row: Row) -> TemperatureBand:
    row.only(("lower_c", "upper_c"))
    band = TemperatureBand(
        lower_c=row.number("lower_c", -inf, endless=True),
        upper_c=row.number("upper_c", inf, endless=True),
    )
    if band.lower_c > band.upper_c:
        row.refuse("CG-8105", "lower_c", f"{band.lower_c:g} lies above {band.upper_c:g}")
    return band


def _limit(row: Row) -> LimitRule:
    row.only(tuple(field.name for field in fields(LimitRule)))
    return LimitRule(
        name=row.text("name"),
        side=row.word("side", SIDES),
        limit_c=row.number("limit_c"),
        severity=row.word("severity", SEVERITIES),
        on_delay_s=row.whole("on_delay_s"),
        inclusive=row.flag("inclusive", False),
        without_defrosts=row.flag("without_defrosts", False),
    )


def _cumulative(row: Row) -> CumulativeRule:
    row.only(tuple(field.name for field in fields(CumulativeRule)))
    since_armed = row.values.get("window_s") == SINCE_ARMED
    window_s = None if since_armed else row.whole("window_s", 86_400, least=1)
    most_s = row.whole("most_s", least=1)
    if window_s is not None and most_s > window_s:
        row.refuse("CG-8105", "most_s", f"{most_s} s do not fit into a window of {window_s} s")
    return CumulativeRule(
        name=row.text("name"),
        side=row.word("side", SIDES),
        limit_c=row.number("limit_c"),
        severity=row.word("severity", SEVERITIES),
        most_s=most_s,
        window_s=window_s,
        inclusive=row.flag("inclusive", False),
        without_defrosts=row.flag("without_defrosts", True),
    )


def _mkt(row: Row) -> MktRule:
    row.only(tuple(field.name for field in fields(MktRule)))
    return MktRule(
        name=row.text("name"),
        limit_c=row.number("limit_c"),
        severity=row.word("severity", SEVERITIES),
        window_s=row.whole("window_s", least=3600),
    )


def _interval(row: Row) -> IntervalRule:
    row.only(("trip_s", "longest_s"))
    trip_s = row.whole("trip_s", least=1) if row.has("trip_s") else None
    return IntervalRule(trip_s=trip_s, longest_s=row.whole("longest_s", least=1))


def _seconds(row: Row, key: str) -> int | None:
    """Read a time that may be absent, and may be ``never`` where that has a meaning."""
    default = DEFAULTS[key]
    if row.values.get(key) == NEVER and key in MAY_BE_NEVER:
        return None
    if not row.has(key):
        return default if isinstance(default, int) else None
    return row.whole(key)


def _not_negative(row: Row, key: str) -> float:
    default = DEFAULTS[key]
    value = row.number(key, default if isinstance(default, float) else None)
    if value < 0:
        row.refuse("CG-8102", key, f"{value:g} is less than nothing")
    return value


def _check_order(row: Row, limits: tuple[LimitRule, ...]) -> None:
    """Note a critical limit that is reached before the warning of its side."""
    for side in Side:
        warnings = [
            one.limit_c for one in limits if one.side is side and one.severity < Severity.CRITICAL
        ]
        for rule in limits:
            if rule.side is not side or rule.severity is not Severity.CRITICAL or not warnings:
                continue
            milder = max(warnings) if side is Side.HIGH else min(warnings)
            if (milder - rule.limit_c) * (1 if side is Side.HIGH else -1) > 0:
                row.refuse("CG-8105", "limits", f"{rule.name} comes before the warning")
