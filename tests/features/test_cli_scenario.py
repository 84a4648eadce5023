"""``coldgrid scenario``: files are checked, run and listed; a person reads a table."""

from __future__ import annotations

from pathlib import Path

import pytest

from scenarios.catalogue import catalogue
from scenarios.load_check import LoadLimit, LoadQuestion
from scenarios.results import Sentence, result_bytes, result_from_bytes
from tests.features.command_line import SMALL_CITY, coldgrid
from tests.scenario_results import scenario_result

TEXT = """\
schema: coldgrid/scenario/1
title: {en: One grid closes, zh: 停一个网格仓}
seeds: [4, 5]
iterations: 50
kpis: {on_time_share: {least: 0.9}, cost_cents: }
overrides:
  closed:
    - close_sites: {sites: [G2]}
variants:
  - {name: g2_closed, overrides: closed}
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "close.yaml"
    path.write_text(f"base: {SMALL_CITY}\n{TEXT}", encoding="utf-8")
    return path


def test_a_scenario_is_run_shown_and_written(file: Path, tmp_path: Path) -> None:
    out = tmp_path / "answers"
    words = ("--iterations", 1, "--seeds", "2-2", "--workers", 1, "--out", out)
    done = coldgrid("scenario", "run", file, *words)
    # The variant misses its target: the answer is no.
    assert (done.code, done.err) == (1, "")
    assert "One grid closes" in done.out
    assert "Closed: G2." in done.out
    assert "target on_time_share: missed" in done.out
    written = (out / "close.json").read_bytes()
    result = result_from_bytes(written)
    assert (result.seeds, result.iterations) == ((2,), 1)
    again = coldgrid("scenario", "run", file, *words[:6], "--json")
    assert again.out.encode() == written
    # The page is made of the result alone.
    page = (out / "close.html").read_bytes()
    assert b"One grid closes" in page
    anew = tmp_path / "anew.html"
    done = coldgrid("scenario", "report", out / "close.json", "--out", anew)
    assert (done.code, done.out, anew.read_bytes()) == (0, f"written: {anew}\n", page)
    assert coldgrid("scenario", "report", out / "close.json", "--language", "zh").code == 0
    assert "停一个网格仓" in (out / "close.html").read_text("utf-8")


def test_a_file_is_checked_against_its_base_without_planning(file: Path) -> None:
    good = coldgrid("scenario", "check", file)
    assert (good.code, good.out) == (0, f"{file}: no fault found\n")
    file.write_text(file.read_text("utf-8").replace("[G2]", "[G2, G8]"), encoding="utf-8")
    bad = coldgrid("scenario", "check", file)
    assert bad.code == 2
    (line,) = bad.complaints()
    assert line.startswith("CG-1610 close.yaml line 9 column 20: close_sites: the base has no site")


def test_what_cannot_be_run_is_one_line_and_exit_2(tmp_path: Path, file: Path) -> None:
    (tmp_path / "bare.yaml").write_text(TEXT, encoding="utf-8")
    other = tmp_path / "other.json"
    other.write_bytes(result_bytes(scenario_result(schema="coldgrid/plan/1")))
    refused = {
        ("run", tmp_path / "bare.yaml"): "CG-1613",
        ("run", "no_such_scenario"): "CG-1615",
        ("report", file): "CG-1616",
        ("report", tmp_path / "nowhere.json"): "CG-1616",
        ("report", other): "CG-1616",
        ("run", file, file): "CG-1608",
        ("check", tmp_path / "nowhere.yaml"): "CG-1601",
        (
            "run",
            file,
            "--seeds",
            "1,1",
        ): "coldgrid scenario run: Invalid value: '1,1' is no list of seeds",
        (
            "run",
            file,
            "--seeds",
            "a-b",
        ): "coldgrid scenario run: Invalid value: 'a-b' is no list of seeds",
        ("run", file, "--out", file): "CG-6001",
    }
    for words, cause in refused.items():
        done = coldgrid("scenario", *words)
        assert (done.code, done.out) == (2, ""), words
        (line,) = done.complaints()
        assert line.startswith(cause), words


def test_the_catalogue_is_listed() -> None:
    shown = coldgrid("scenario", "list")
    listed = coldgrid("scenario", "list", "--json").document()
    assert [one["name"] for one in listed] == list(catalogue())
    assert all(one["name"] in shown.out and one["title"]["zh"] for one in listed)


def test_the_load_limit_is_shown_for_a_problem_and_for_variants(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def limit(question: LoadQuestion) -> LoadLimit:
        room = 0.9 if question.steps else 1.25
        return LoadLimit(
            factor=room * question.on_time, binding=Sentence("Ice.", "冰。"), trials=()
        )

    monkeypatch.setattr("scenarios.load_check.load_limit", limit)
    words = ("scenario", "load", file, "--base", SMALL_CITY, "--workers", 1, "--on-time", 1)
    done = coldgrid(*words, "--json")
    assert done.code == 0
    found = done.document()
    assert {name: one["factor"] for name, one in found.items()} == {
        "baseline": 1.25, "g2_closed": 0.9
    }  # fmt: skip
    assert "× 1.25" in coldgrid(*words).out
    # A day that is too much already is a no.
    done = coldgrid("scenario", "load", SMALL_CITY, "--workers", 1, "--on-time", 0.5)
    assert (done.code, "Ice." in done.out) == (1, True)


def test_the_schema_is_published() -> None:
    done = coldgrid("schema", "scenario")
    assert done.code == 0
    assert done.document()["properties"]["schema"]["const"] == "coldgrid/scenario/1"
