"""Tests of rules: a series of temperatures and the alarms that are expected of it, as YAML.

    profile: frozen
    interval: 1m
    tests:
      - name: a delay ends to the minute
        series: "-20x30 -16x25"
        expect: [{kind: high, severity: warning, raised: 50m}]

``-20x30`` is thirty samples of -20, ``-20+0.5x4`` is -20, -19.5, -19, -18.5, and ``_x10`` is ten
times nothing. Several sensors stand under ``sensors`` by name. Times count from the first sample;
the series ends one interval after its last one. All alarms have to be named, in order.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from optimizer.domain.errors import InputRefused
from telemetry.alarm.rules import Profile
from telemetry.alarm.state import Sample
from telemetry.alarm.unattended import Unattended
from telemetry.alarm.words import Alarm, AlarmKind, Severity
from telemetry.alarm.yaml_rows import Faults, Row, as_rows, shown

BEGIN_MS = 1_767_225_600_000
"""2026-01-01T00:00:00Z, the instant of every first sample."""

MOST_SAMPLES = 200_000
KINDS = {kind.value: kind for kind in AlarmKind}
SEVERITIES = {severity.word: severity for severity in Severity}

_TOKEN = re.compile(
    r"(?P<value>_|-?\d+(?:\.\d+)?)(?P<slope>[+-]\d+(?:\.\d+)?)?(?:x(?P<count>[1-9]\d{0,5}))?"
)
_TIME = re.compile(r"(?:(\d{1,5})d)?(?:(\d{1,5})h)?(?:(\d{1,6})m)?(?:(\d{1,8})s)?")
_UNITS_S = (86_400, 3600, 60, 1)

Found = tuple[AlarmKind, Severity, int, int | None]


def check_series(
    document: object, profiles: Mapping[str, Profile], *, file: str = "series"
) -> list[str]:
    """Judge series, and say in words where alarms are not what is expected.

    Parameters
    ----------
    document
        What the YAML says.
    profiles
        Rule packs by name.
    file
        Name for messages.

    Returns
    -------
    list
        A line for each test that fails; empty where all is well.

    Raises
    ------
    InputRefused
        The document is not of this form.
    """
    faults = Faults(file)
    lines: list[str] = []
    for whole in as_rows(document, "", faults):
        whole.only(("profile", "interval", "tests"))
        for row in whole.rows("tests"):
            lines += _check(whole, row, profiles)
    if faults.found:
        raise InputRefused(faults.found)
    return lines


def values_of(notation: str) -> list[float | None]:
    """Unfold a series; None is where nothing comes.

    Raises
    ------
    ValueError
        It is no notation of a series.
    """
    values: list[float | None] = []
    for token in notation.split():
        match = _TOKEN.fullmatch(token)
        if match is None:
            raise ValueError(token)
        count = int(match["count"] or 1)
        if len(values) + count > MOST_SAMPLES:
            raise ValueError(f"more than {MOST_SAMPLES:,} samples")
        if match["value"] == "_":
            values += [None] * count
            continue
        first, slope = float(match["value"]), float(match["slope"] or 0)
        values += [round(first + slope * number, 6) for number in range(count)]
    return values


def seconds_of(time: str) -> int:
    """Read a time such as ``1h30m``.

    Raises
    ------
    ValueError
        It is no time.
    """
    match = _TIME.fullmatch(time)
    if match is None or not time:
        raise ValueError(time)
    return sum(int(part or 0) * unit for part, unit in zip(match.groups(), _UNITS_S, strict=True))


# --- one test -----------------------------------------------------------------------------------


def _check(whole: Row, row: Row, profiles: Mapping[str, Profile]) -> Iterator[str]:
    row.only(("name", "profile", "interval", "series", "sensors", "expect"))
    name = row.text("name")
    owner = row if row.has("profile") else whole
    profile = owner.word("profile", profiles) if profiles else None
    interval_s = _time(row if row.has("interval") else whole, "interval")
    sensors = _sensors(row)
    expected = [_expected(one) for one in row.rows("expect")]
    if row.faults.found or profile is None or interval_s is None:
        return
    found = [_found(alarm) for alarm in _judge(profile, sensors, interval_s)]
    for number in range(max(len(expected), len(found))):
        wanted = expected[number] if number < len(expected) else None
        got = found[number] if number < len(found) else None
        if wanted != got:
            yield f"{name}: alarm {number + 1} is {_words(got)}, expected {_words(wanted)}"


def _sensors(row: Row) -> dict[str, list[float | None]]:
    given = row.values.get("sensors") if row.has("sensors") else {"": row.values.get("series")}
    sensors: dict[str, list[float | None]] = {}
    for name, notation in given.items() if isinstance(given, dict) else ():
        try:
            sensors[str(name)] = values_of(str(notation))
        except ValueError as refused:
            row.refuse("CG-8110", "series", f"{shown(str(refused))} is no part of a series")
    if not any(sensors.values()) and not row.faults.found:
        row.refuse("CG-8110", "series", "there are no samples")
    return sensors


def _expected(row: Row) -> Found:
    row.only(("kind", "severity", "raised", "cleared"))
    kind = row.word("kind", KINDS)
    severity = row.word("severity", SEVERITIES)
    cleared_s = _time(row, "cleared") if row.has("cleared") else None
    return kind, severity, _time(row, "raised") or 0, cleared_s


def _time(row: Row, key: str) -> int | None:
    value = row.values.get(key)
    try:
        return seconds_of(str(value))
    except ValueError:
        row.refuse("CG-8110", key, f"{shown(value)} is no time such as 1h30m")
        return None


def _judge(
    profile: Profile, sensors: Mapping[str, list[float | None]], interval_s: int
) -> list[Alarm]:
    point = Unattended(profile, "series")
    length = max(map(len, sensors.values()))
    for number in range(length):
        at_ms = BEGIN_MS + 1000 * interval_s * number
        for sensor, values in sensors.items():
            value_c = values[number] if number < len(values) else None
            if value_c is not None:
                point.take(Sample(at_ms, value_c, sensor))
    point.tick(BEGIN_MS + 1000 * interval_s * length)
    return sorted(point.alarms.values(), key=lambda alarm: alarm.raised_ms)


def _found(alarm: Alarm) -> Found:
    raised_s = (alarm.raised_ms - BEGIN_MS) // 1000
    cleared_s = None if alarm.cleared_ms is None else (alarm.cleared_ms - BEGIN_MS) // 1000
    return alarm.kind, alarm.severity, raised_s, cleared_s


def _words(found: Found | None) -> str:
    if found is None:
        return "none"
    kind, severity, raised_s, cleared_s = found
    end = "stands" if cleared_s is None else f"cleared after {cleared_s} s"
    return f"{severity.word} {kind.value} raised after {raised_s} s, {end}"
