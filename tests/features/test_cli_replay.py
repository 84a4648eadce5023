"""``coldgrid replay``: what the rules make of a trace, for people and for programs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from telemetry.alarm.rules import Profile
from telemetry.replay import foresight
from tests.features.command_line import Done, coldgrid
from tests.telemetry_foresight import Seer

BEGIN = datetime.fromisoformat("2026-03-01T00:00:00")


def write_trace(path: Path, minutes: list[tuple[int, float]]) -> Path:
    rows = (f"{(BEGIN + timedelta(minutes=at)).isoformat(sep=' ')},{v}\n" for at, v in minutes)
    path.write_text("time,air\n" + "".join(rows), encoding="utf-8")
    return path


@pytest.fixture
def failure(tmp_path: Path) -> Path:
    """A cold room whose unit stands still for an hour."""
    values = [(at, -17.0 if 60 <= at < 120 else -22.0) for at in range(0, 300, 5)]
    return write_trace(tmp_path / "trace.csv", values)


def test_json_has_the_promised_keys(failure: Path) -> None:
    done = coldgrid("replay", failure, "--column", "air", "--zone", "frozen", "--json")
    assert (done.code, done.err) == (0, "")
    assert done.document() == {
        "alarms": [
            {
                "raised_at": "2026-03-01T01:20:00+00:00",
                "cleared_at": "2026-03-01T03:00:00+00:00",
                "severity": "warning",
                "kind": "high",
                "value_c": -17.0,
            },
            {
                "raised_at": "2026-03-01T02:00:00+00:00",
                "cleared_at": None,
                "severity": "warning",
                "kind": "cumulative",
                "value_c": -22.0,
            },
        ],
        "excursions": [
            {
                "from": "2026-03-01T01:00:00+00:00",
                "to": "2026-03-01T02:00:00+00:00",
                "peak_c": -17.0,
                "minutes": 60.0,
                "unknown_minutes": 0.0,
            }
        ],
        "predictions": [],
    }


def test_predictions_have_the_promised_keys_and_null_beyond_the_horizon(
    failure: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seer = Seer()
    monkeypatch.setattr(foresight, "observe", seer.observe)
    done = coldgrid("replay", failure, "--column", "air", "--zone", "frozen", "--json")
    assert (done.code, done.err) == (0, "")
    first = done.document()["predictions"][0]
    assert first == {
        "at": "2026-03-01T01:00:00+00:00",
        "breach_at": "2026-03-01T01:40:00+00:00",
        "p10": "2026-03-01T01:30:00+00:00",
        "p90": None,
    }
    assert "predicted" in [one["kind"] for one in done.document()["alarms"]]
    words = ("--column", "air", "--zone", "frozen")
    shown = coldgrid("replay", failure, *words, columns=120)
    assert "2026-03-01 01:40 (01:30 to later)" in shown.out
    assert "2026-03-01 02:35 (02:25 to later)" in shown.out, "the last that was said"


def test_goods_follow_the_air_as_slowly_as_is_asked_for(
    failure: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lags: list[int | None] = []

    seer = Seer()

    def observe(profile: Profile, *args: Any, **kwargs: Any) -> Any:
        lags.append(profile.product_lag_s)
        return seer.observe(profile, *args, **kwargs)

    monkeypatch.setattr(foresight, "observe", observe)
    words = ("--column", "air", "--zone", "frozen", "--json")
    coldgrid("replay", failure, *words)
    coldgrid("replay", failure, *words, "--product-lag", "30")
    assert set(lags[: len(lags) // 2]) == {0}
    assert set(lags[len(lags) // 2 :]) == {1800}


def test_instants_are_written_in_the_zone_that_is_asked_for(failure: Path) -> None:
    words = ("--column", "air", "--zone", "frozen", "--tz", "Asia/Shanghai", "--json")
    document = coldgrid("replay", failure, *words).document()
    assert document["alarms"][0]["raised_at"] == "2026-03-01T01:20:00+08:00"


def test_people_get_tables_and_a_line_of_totals(failure: Path) -> None:
    done = coldgrid("replay", failure, "--column", "air", "--zone", "frozen", columns=100)
    assert done.code == 0
    assert "2026-03-01 01:20" in done.out
    assert "air: 2 alarms, 1 excursion of 60 minutes (0 unknown)" in done.out


@pytest.mark.parametrize(
    ("words", "alarms"),
    [
        (("--warn", "-16"), 0),
        (("--warn", "-23"), 2),
        (("--on-delay", "3601"), 1),
        (("--on-delay", "0"), 2),
        (("--low", "-21", "--warn", "-10"), 1),
    ],
)
def test_other_figures_give_other_alarms(
    failure: Path, words: tuple[str, ...], alarms: int
) -> None:
    done = coldgrid("replay", failure, "--column", "air", "--zone", "frozen", *words, "--json")
    assert len(done.document()["alarms"]) == alarms


def test_a_wider_deadband_keeps_an_alarm_standing(failure: Path) -> None:
    words = ("--column", "air", "--zone", "frozen", "--deadband", "4.5", "--json")
    assert coldgrid("replay", failure, *words).document()["alarms"][0]["cleared_at"] is None


def test_mean_kinetic_temperature_counts_as_cumulative(tmp_path: Path) -> None:
    path = write_trace(tmp_path / "warm.csv", [(at, 17.2) for at in range(0, 120, 10)])
    words = ("--column", "air", "--zone", "controlled", "--json")
    kinds = {one["kind"] for one in coldgrid("replay", path, *words).document()["alarms"]}
    assert kinds == {"high", "cumulative"}


def test_rows_that_cannot_be_read_are_named_and_left_out(failure: Path) -> None:
    lines = failure.read_text(encoding="utf-8").splitlines()
    lines[3] = "soon,-20"
    lines[7] = "2026-03-01 00:30:00,warm"
    failure.write_text("\n".join(lines), encoding="utf-8")
    done = coldgrid("replay", failure, "--column", "air", "--zone", "frozen", "--json")
    assert done.code == 0
    assert len(done.document()["alarms"]) == 2
    assert done.complaints() == [
        f"{failure} line 4: 'soon' is no instant; the row is left out",
        f"{failure} line 8: 'warm' is no temperature; the row is left out",
        f"{failure}: 2 of 60 rows left out",
    ]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--column", "water", "--zone", "frozen"), "CG-8501"),
        (("--column", "air", "--zone", "frozen", "--time-column", "clock"), "CG-8501"),
        (("--column", "air", "--zone", "frozen", "--tz", "Moon/Sea"), "CG-8503"),
        (("--column", "air", "--zone", "lukewarm"), "lukewarm"),
        (("--column", "air"), "--zone"),
        (("--zone", "frozen"), "--column"),
        (("--column", "air", "--zone", "chilled", "--warn", "1", "--low", "2"), "CG-8504"),
        (("--column", "air", "--zone", "frozen", "--warn", "nan"), "--warn"),
        (("--column", "air", "--zone", "frozen", "--deadband", "-1"), "--deadband"),
        (("--column", "air", "--zone", "frozen", "--on-delay", "-1"), "--on-delay"),
        (("--column", "air", "--zone", "frozen", "--product-lag", "-1"), "--product-lag"),
    ],
)
def test_what_makes_no_sense_is_refused_in_one_line(
    failure: Path, words: tuple[str, ...], told: str
) -> None:
    done = coldgrid("replay", failure, *words, "--json")
    assert (done.code, done.out) == (2, "")
    (line,) = done.complaints()
    assert told in line


def test_a_trace_that_is_not_there_is_refused_in_one_line(tmp_path: Path) -> None:
    done = coldgrid("replay", tmp_path / "none.csv", "--column", "air", "--zone", "frozen")
    assert done.code == 2
    assert len(done.complaints()) == 1


# --- recorded traces ----------------------------------------------------------------------------


def _replay(data_dir: Path, file: str, column: str, *words: str) -> dict[str, list[Any]]:
    path = data_dir / "temperature" / file
    done: Done = coldgrid("replay", path, "--column", column, "--zone", "frozen", *words, "--json")
    assert done.code == 0
    document: dict[str, list[Any]] = json.loads(done.out)
    return document


@pytest.mark.parametrize(
    ("file", "column"),
    [("lbnl_store/measurements.csv", "Tfre"), ("ruuvi_fridge/freezer.csv", "temperature")],
)
def test_a_healthy_freezer_never_alarms(data_dir: Path, file: str, column: str) -> None:
    assert _replay(data_dir, file, column)["alarms"] == []


NOTICES_A_YEAR = 130
"""Two and a half a week stand on a board and call nobody; more would not be read."""


def _by_urgency(alarms: list[dict[str, Any]]) -> tuple[list[Any], list[Any]]:
    """Part what calls people from notices."""
    notices = [one for one in alarms if one["severity"] == "info"]
    return [one for one in alarms if one not in notices], notices


def _runs(excursions: list[dict[str, Any]]) -> Iterator[datetime]:
    for found in excursions:
        if found["minutes"] >= 30:
            yield datetime.fromisoformat(found["from"])


@pytest.mark.parametrize("column", ["freezer_1", "freezer_2"])
def test_a_year_of_a_cold_store_has_few_alarms_and_misses_nothing(
    data_dir: Path, column: str
) -> None:
    document = _replay(data_dir, "frialsa_cold_store/readings.csv", column)
    calling, notices = _by_urgency(document["alarms"])
    assert len(calling) <= 20
    assert len(notices) <= NOTICES_A_YEAR
    stretches = [
        (
            datetime.fromisoformat(one["raised_at"]),
            datetime.fromisoformat(one["cleared_at"] or "9999-01-01T00:00:00+00:00"),
        )
        for one in calling
    ]
    begins = list(_runs(document["excursions"]))
    assert begins
    for begin in begins:
        limit = begin + timedelta(minutes=30)
        assert any(raised < limit and cleared > begin for raised, cleared in stretches), begin


@pytest.mark.parametrize("column", ["freezer_1", "freezer_2"])
def test_a_limit_inside_the_control_band_does_not_chatter(data_dir: Path, column: str) -> None:
    file = "frialsa_cold_store/readings.csv"
    calling, notices = _by_urgency(_replay(data_dir, file, column, "--warn", "-22")["alarms"])
    assert len(calling) <= 60
    assert len(notices) <= NOTICES_A_YEAR
