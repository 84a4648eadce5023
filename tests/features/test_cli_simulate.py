"""``coldgrid simulate`` in a shell, against a real broker."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from telemetry.mqtt.broker import RunningBroker
from tests.brokers import mosquitto
from tests.features.command_line import SMALL_CITY, coldgrid, coldgrid_on_terminal


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[RunningBroker]:
    with mosquitto(tmp_path / "broker") as running:
        yield running


def _url(broker: RunningBroker) -> str:
    return f"mqtt://{broker.address}"


def test_it_publishes_at_a_rate_and_every_message_is_confirmed(broker: RunningBroker) -> None:
    done = coldgrid(
        "simulate", "--broker", _url(broker), "--sensors", 50, "--rate", 500, "--seconds", 2,
        "--json",
    )  # fmt: skip
    assert done.code == 0, done.err
    totals = done.document()
    assert totals["confirmed"] == totals["published"] >= totals["measured"]
    assert 950 <= totals["measured"] <= 1050
    assert totals["fleet_seconds"] == pytest.approx(1200, abs=5)


def test_a_history_is_published_as_fast_as_the_broker_takes_it(broker: RunningBroker) -> None:
    done = coldgrid(
        "simulate", "--broker", _url(broker), "--sensors", 20, "--speed", 0, "--seconds", 3600,
        "--json",
    )  # fmt: skip
    assert done.code == 0, done.err
    totals = done.document()
    assert totals["measured"] == 20 * 60
    assert totals["seconds"] < 60


def test_it_shows_totals_to_people(broker: RunningBroker) -> None:
    done = coldgrid(
        "simulate", "--broker", _url(broker), "--sensors", 5, "--speed", 0, "--seconds", 600
    )
    assert done.code == 0
    assert "5 sensors" in done.err
    named = dict(line.split(maxsplit=1) for line in done.out.splitlines())
    assert named["measured"].strip() == "50"
    assert named["confirmed"] == named["published"]


def test_ctrl_c_ends_it_with_its_totals(broker: RunningBroker) -> None:
    done = coldgrid_on_terminal(
        "simulate", "--broker", _url(broker), "--sensors", 20, "--rate", 50, ctrl_c_at=b"fleet time"
    )
    assert done.code == 130
    assert "measured" in done.out


def test_it_writes_registry_and_truth_and_a_failure_shows(
    broker: RunningBroker, tmp_path: Path
) -> None:
    done = coldgrid(
        "simulate", "--broker", _url(broker), "--sensors", 12, "--speed", 0, "--seconds", 7200,
        "--fail", "unit_off@0:W1/frozen", "--truth", tmp_path / "truth.jsonl",
        "--registry", tmp_path / "registry", "--json",
    )  # fmt: skip
    assert done.code == 0, done.err
    lines = [json.loads(line) for line in (tmp_path / "truth.jsonl").read_text().splitlines()]
    assert Counter(line["what"] for line in lines)["failure"] == 1
    warm = [line["air_c"] for line in lines if line.get("point") == "W1/frozen"]
    cold = [line["air_c"] for line in lines if line.get("point") == "W1/frozen-2"]
    assert warm[-1] > cold[-1] + 1.0
    points = (tmp_path / "registry" / "points.csv").read_text().splitlines()
    assert points[0].startswith("id,kind,asset,name,zone")
    assert any(line.startswith("W1/frozen,room,W1") for line in points)


def test_the_registry_alone_needs_no_broker(tmp_path: Path) -> None:
    done = coldgrid(
        "simulate", "--sensors", 12, "--seconds", 0, "--registry", tmp_path / "registry"
    )
    assert done.code == 0
    assert {path.name for path in (tmp_path / "registry").iterdir()} == {
        "points.csv", "sensors.csv",
    }  # fmt: skip


def test_a_fleet_comes_from_a_file(broker: RunningBroker, tmp_path: Path) -> None:
    path = tmp_path / "fleet.yaml"
    path.write_text("vehicles: [{id: V1, zones: [frozen, chilled]}]\ninterval_s: 30\n")
    done = coldgrid(
        "simulate", "--broker", _url(broker), "--fleet", path, "--speed", 0, "--seconds", 300,
        "--json",
    )  # fmt: skip
    assert done.code == 0, done.err
    assert done.document()["measured"] == 3 * 10


def test_a_history_is_caught_up_with_and_real_time_follows(
    broker: RunningBroker, tmp_path: Path
) -> None:
    done = coldgrid(
        "simulate", "--broker", _url(broker), "--sensors", 6, "--history", 600, "--seconds", 1,
        "--json",
    )  # fmt: skip
    assert done.code == 0, done.err
    # Ten minutes at a reading a minute, and perhaps one of the second after.
    assert 60 <= done.document()["measured"] <= 66


def test_a_problem_gives_its_vehicles_and_warehouses_their_sensors(tmp_path: Path) -> None:
    done = coldgrid(
        "simulate", "--problem", SMALL_CITY, "--seconds", 0, "--registry", tmp_path / "registry"
    )
    assert done.code == 0, done.err
    points = (tmp_path / "registry" / "points.csv").read_text("utf-8")
    assert {line.split(",")[2] for line in points.splitlines()[1:]} == {
        "C1", "G1", "G2", "S1", "S2", "T1", "T2", "V1", "V2", "V3", "V4",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--fail", "unit_off@5:W1/nowhere"], "CG-8522"),
        (["--fail", "nonsense"], "CG-8521"),
        (["--fleet", "none.yaml"], "CG-8520"),
        (["--fleet", "none.yaml", "--sensors", "5"], "exclude each other"),
        (["--rate", "5", "--speed", "5"], "exclude each other"),
        (["--speed", "0"], "needs --seconds"),
        (["--history", "60", "--rate", "5"], "lives in real time"),
        (["--problem", "none", "--sensors", "5"], "exclude each other"),
        (["--problem", "none"], "CG-1001"),
        (["--speed", "nan"], "no number"),
        (["--rate", "inf"], "no number"),
        (["--start", "2026-01-01T00:00"], "no offset"),
        (["--start", "tomorrow"], "no instant"),
        (["--broker", "http://127.0.0.1"], "CG-7602"),
        (["--truth", "nowhere/truth.jsonl"], "CG-8524"),
    ],
)
def test_what_cannot_be_meant_is_refused_in_one_line(
    broker: RunningBroker, words: list[str], said: str, tmp_path: Path
) -> None:
    address = [] if "--broker" in words else ["--broker", _url(broker)]
    done = coldgrid("simulate", "--seconds", 1, *address, *words, cwd=tmp_path)
    if words == ["--speed", "0"]:
        done = coldgrid("simulate", *address, *words, cwd=tmp_path)
    assert done.code == 2
    assert any(said in line for line in done.complaints())


def test_a_broker_that_is_not_there_is_said_to_be_away() -> None:
    done = coldgrid("simulate", "--broker", "mqtt://127.0.0.1:1", "--seconds", 1)
    assert done.code == 2
    assert "CG-8301" in done.err
    assert "127.0.0.1:1" in done.err
