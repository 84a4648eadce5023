"""``coldgrid score``: figures of the warnings, for people and for programs."""

from __future__ import annotations

import math
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.features.command_line import coldgrid

BEGIN = datetime.fromisoformat("2026-03-01T00:00:00")
WATCHERS = ["estimate", "called", "threshold", "line"]


@pytest.fixture
def trace(tmp_path: Path) -> Path:
    """Two days of a freezer and a fridge that are well."""
    rows = ["time,freezer,fridge\n"]
    for place in range(2 * 288):
        swing = 0.5 * math.sin(place)
        at = (BEGIN + timedelta(minutes=5 * place)).isoformat(sep=" ")
        rows.append(f"{at},{-22.0 + swing:.2f},{2.0 + swing / 2:.2f}\n")
    path = tmp_path / "trace.csv"
    path.write_text("".join(rows), encoding="utf-8")
    return path


def test_json_tells_all_figures_of_each_watcher(trace: Path) -> None:
    words = (f"{trace}:freezer:frozen", f"{trace}:fridge:chilled:5")
    done = coldgrid("score", *words, "--injections", "4", "--json")
    assert (done.code, done.err) == (0, "")
    document = done.document()
    assert (document["injections"], document["seed"]) == (4, 1)
    assert [(one["lower_c"], one["upper_c"]) for one in document["traces"]] == [
        (None, -18.0),
        (0.0, 5.0),
    ]
    assert list(document["all"]) == WATCHERS
    assert document["all"]["line"]["injections"] == 4
    assert set(document["by_kind"]) <= {"total loss", "partial loss", "ramp"}
    names = [one["name"] for one in document["traces"]]
    assert list(document["by_trace"]) == list(document["by_trace_and_kind"]) == names
    assert names == ["trace:freezer", "trace:fridge"]
    assert set(document["all"]["estimate"]["recall"]) == {"share", "low", "high", "of"}


def test_the_same_seed_gives_the_same_document(trace: Path) -> None:
    words = ("score", f"{trace}:freezer:frozen", "--injections", "3", "--json", "--seed")
    assert coldgrid(*words, "7").out == coldgrid(*words, "7").out


def test_people_get_tables(trace: Path) -> None:
    done = coldgrid("score", f"{trace}:freezer:frozen", "--injections", "3")
    assert done.code == 0
    for word in (*WATCHERS, "recall", "precision", "By trace", "3 failures in 1 subject"):
        assert word in done.out


@pytest.mark.parametrize(
    ("words", "cause"),
    [
        ("{}", "is not TRACE.csv:COLUMN:frozen|chilled|controlled[:LIMIT]"),
        ("{}:freezer", "is not TRACE.csv"),
        ("{}:freezer:cold", "is not TRACE.csv"),
        (":freezer:frozen", "is not TRACE.csv"),
        ("{}:freezer:frozen:warm", "'warm' is neither auto nor zone nor a temperature"),
        ("{}:freezer:frozen:nan", "'nan' is neither"),
    ],
)
def test_words_that_mean_no_trace_are_refused(trace: Path, words: str, cause: str) -> None:
    done = coldgrid("score", words.format(trace))
    assert done.code == 2
    assert done.err.startswith("CG-8510")
    assert cause in done.err


def test_a_limit_that_the_trace_never_keeps_is_refused(trace: Path) -> None:
    done = coldgrid("score", f"{trace}:freezer:frozen:-30")
    assert (done.code, done.err[:7]) == (2, "CG-8512")


def test_a_zone_may_keep_its_own_limits(trace: Path) -> None:
    done = coldgrid("score", f"{trace}:fridge:frozen:zone")
    assert (done.code, done.err[:7]) == (2, "CG-8512")


def test_traces_of_one_name_are_told_apart(trace: Path, tmp_path: Path) -> None:
    other = tmp_path / "other" / "trace.csv"
    other.parent.mkdir()
    other.write_bytes(trace.read_bytes())

    def names(*paths: Path) -> list[str]:
        words = [f"{path}:freezer:frozen" for path in paths]
        document = coldgrid("score", *words, "--injections", "1", "--json").document()
        return list(document["by_trace"])

    assert names(trace, other) == [f"{tmp_path.name}/trace:freezer", "other/trace:freezer"]
    assert names(other, other) == ["1:other/trace:freezer", "2:other/trace:freezer"]


def test_there_must_be_something_to_score() -> None:
    done = coldgrid("score")
    assert (done.code, done.out) == (2, "")
    assert "neither a trace nor --fleet" in done.err


def test_a_path_may_hold_colons(trace: Path) -> None:
    other = trace.rename(trace.with_name("a:b.csv"))
    done = coldgrid("score", f"{other}:freezer:frozen:auto", "--injections", "1", "--json")
    assert done.code == 0
