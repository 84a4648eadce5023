"""Series of temperatures and the alarms that the shipped rules make of them."""

from pathlib import Path

import pytest
import yaml

from optimizer.domain.errors import InputRefused
from telemetry.alarm.packs import load_packs
from telemetry.alarm.series import check_series, seconds_of, values_of

FILES = sorted((Path(__file__).parent / "series").glob("*.yaml"))
TESTS = [
    pytest.param(document | {"tests": [test]}, id=f"{path.stem}: {test['name']}")
    for path in FILES
    for document in [yaml.safe_load(path.read_text(encoding="utf-8"))]
    for test in document["tests"]
]


@pytest.mark.parametrize("document", TESTS)
def test_the_shipped_rules_alarm_as_expected(document: object) -> None:
    assert check_series(document, load_packs()) == []


def test_every_pack_has_a_series() -> None:
    used = {
        test.get("profile", document.get("profile"))
        for path in FILES
        for document in [yaml.safe_load(path.read_text(encoding="utf-8"))]
        for test in document["tests"]
    }
    assert used == set(load_packs())


def test_a_series_that_alarms_otherwise_is_told_in_words() -> None:
    document = {
        "profile": "frozen",
        "interval": "1m",
        "tests": [
            {
                "name": "late",
                "series": "-20x30 -17.9x21",
                "expect": [{"kind": "high", "severity": "warning", "raised": "51m"}],
            },
            {"name": "unexpected", "series": "-20x30 -17.9x21", "expect": []},
        ],
    }
    assert check_series(document, load_packs()) == [
        "late: alarm 1 is warning high raised after 3000 s, stands,"
        " expected warning high raised after 3060 s, stands",
        "unexpected: alarm 1 is warning high raised after 3000 s, stands, expected none",
    ]


def test_notation_unfolds_to_values() -> None:
    assert values_of("-20x3 _x2 4.5 -20+0.5x4") == [
        *(-20.0, -20.0, -20.0, None, None, 4.5),
        *(-20.0, -19.5, -19.0, -18.5),
    ]


@pytest.mark.parametrize(("time", "seconds"), [("90s", 90), ("1h30m", 5400), ("2d", 172_800)])
def test_times_have_units(time: str, seconds: int) -> None:
    assert seconds_of(time) == seconds


@pytest.mark.parametrize(
    "test",
    [
        {"name": "x", "series": "cold", "expect": []},
        {"name": "x", "series": "", "expect": []},
        {"name": "x", "series": "-20x999999", "expect": []},
        {"name": "x", "series": "-20x3", "interval": "soon", "expect": []},
        {"name": "x", "series": "-20x3", "profile": "lukewarm", "expect": []},
        {"name": "x", "series": "-20x3", "expects": []},
        {"name": "x", "series": "-20x3", "expect": [{"kind": "odd", "severity": "warning"}]},
        "no mapping",
    ],
)
def test_what_is_no_series_is_refused(test: object) -> None:
    document = {"profile": "frozen", "interval": "1m", "tests": [test]}
    with pytest.raises(InputRefused):
        check_series(document, load_packs())
