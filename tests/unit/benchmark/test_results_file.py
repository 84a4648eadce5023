"""A file of results takes whole rows, survives being killed, and refuses what is not its own."""

import csv
import signal
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from optimizer.benchmark.result import InstanceResult
from optimizer.benchmark.results_file import HEADER, read_results, writing_results
from optimizer.benchmark.run_row import COLUMNS, Conditions, Settings
from optimizer.benchmark.runs import Run, make_runs, runs_of
from optimizer.benchmark.summary import summaries
from optimizer.domain.errors import ColdgridError, InputRefused

ROOT = Path(__file__).resolve().parents[3]
HERE = Conditions(
    commit="abc",
    code="0123",
    coldgrid="1",
    python="3.11",
    ortools="9.15",
    pyvrp="0.14",
    processors=2,
)
ASKED = Settings(kind="routing", engine="portfolio", limit_s=10.0, bound_limit_s=0.0, workers=1)


def a_run(name: str = "i", seed: int = 1) -> Run:
    return Run(path=Path(f"{name}.vrp"), instance=name, digest="f00", seed=seed)


def result(
    name: str, cost: float | None, seed: int = 1, bound: float | None = None
) -> InstanceResult:
    return InstanceResult(
        instance=name,
        cost=cost,
        reference=100.0,
        seconds=2.0,
        feasible=cost is not None,
        routes=(),
        lower_bound=bound,
        seed=seed,
        processor_s=1.5,
    )


def measure(run: Run) -> InstanceResult:
    return result(run.instance, 100.0 + run.seed / 3, run.seed)


def fill(file: Path, runs: list[Run], settings: Settings = ASKED) -> list[InstanceResult]:
    with writing_results(file, settings, HERE) as kept:
        return make_runs(runs, measure, workers=1, record=kept)


THREE = [a_run("a, b"), a_run("c"), a_run("c", 2)]


def test_rows_read_back_as_they_were_written(tmp_path: Path) -> None:
    file = tmp_path / "results.csv"
    moment = datetime(2026, 11, 24, 1, 2, 3, tzinfo=UTC)
    with writing_results(file, ASKED, HERE, clock=lambda: moment) as kept:
        kept.add(a_run("a, b"), result("a, b", 102.0, bound=96.0))
        kept.add(a_run("c"), result("c", None))
    first, second = read_results(file)
    assert (first.instance, first.cost, first.gap_pct, first.bound_gap_pct) == (
        "a, b",
        102.0,
        2.0,
        6.25,
    )
    assert (first.date, first.feasible, first.processor_s) == ("2026-11-24T01:02:03Z", True, 1.5)
    assert (second.cost, second.gap_pct, second.feasible) == (None, None, False)
    with file.open(encoding="utf-8", newline="") as table:
        assert next(csv.reader(table)) == list(COLUMNS)


def test_what_stands_there_is_not_done_again(tmp_path: Path) -> None:
    file = tmp_path / "results.csv"
    assert len(fill(file, THREE[:2])) == 2
    assert [each.seed for each in fill(file, THREE)] == [2]
    assert fill(file, THREE) == []
    assert len(read_results(file)) == 3


@pytest.mark.parametrize(
    "other",
    [
        replace(ASKED, limit_s=20.0),
        replace(ASKED, bound_limit_s=5.0),
        replace(ASKED, engine="pyvrp"),
        replace(ASKED, kind="two-echelon"),
    ],
)
def test_another_question_is_another_run(tmp_path: Path, other: Settings) -> None:
    file = tmp_path / "results.csv"
    fill(file, THREE)
    assert len(fill(file, THREE, other)) == 3
    assert len(summaries(read_results(file))) == 2


def test_other_code_or_another_file_of_the_name_is_another_run(tmp_path: Path) -> None:
    file = tmp_path / "results.csv"
    fill(file, THREE)
    with writing_results(file, ASKED, replace(HERE, code="4567")) as kept:
        assert not kept.has(THREE[0])
    with writing_results(file, ASKED, replace(HERE, commit="other", processors=4)) as kept:
        assert kept.has(THREE[0])
        assert not kept.has(replace(THREE[0], digest="0ff"))


def test_wherever_the_file_is_cut_off_the_rest_is_made_once(tmp_path: Path) -> None:
    file = tmp_path / "results.csv"
    fill(file, THREE)
    whole = file.read_bytes()
    rows = whole.splitlines(keepends=True)
    for kept in range(0, len(whole), 7):
        file.write_bytes(whole[:kept])
        # A row that lacks nothing but its line feed is whole.
        lines = (whole[:kept] + b"\n").splitlines()
        left = 3 - sum(row.rstrip(b"\n") in lines for row in rows[1:])
        assert len(fill(file, THREE)) == left
        assert [row.instance for row in read_results(file)] == ["a, b", "c", "c"]
    file.write_bytes(whole[:-1])
    assert fill(file, THREE) == []
    assert file.read_bytes() == whole


KILLED = """
import os, signal, sys
from pathlib import Path
from tests.unit.benchmark.test_results_file import ASKED, HERE, THREE, measure
from optimizer.benchmark.results_file import writing_results
file = Path(sys.argv[1])
with writing_results(file, ASKED, HERE) as kept:
    kept.add(THREE[0], measure(THREE[0]))
    with file.open("ab", buffering=0) as half:
        half.write(b"2026-11-24T00:00:00Z,abc,01")
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_killed_process_leaves_what_it_finished(tmp_path: Path) -> None:
    file = tmp_path / "results.csv"
    done = subprocess.run([sys.executable, "-c", KILLED, file], cwd=ROOT, check=False, timeout=60)
    assert done.returncode == -signal.SIGKILL
    assert [row.instance for row in read_results(file)] == ["a, b"]
    assert len(fill(file, THREE)) == 2
    assert len(read_results(file)) == 3


@pytest.mark.parametrize(
    "body",
    [
        b"name,cost\nx,1\n",
        b"x",
        b"\xff\xfe\x00",
        HEADER + b"a,b\n" * 2,
        HEADER + b"x," * (len(COLUMNS) - 1) + b"yes\n",
    ],
)
def test_a_foreign_file_is_refused_and_left_as_it_is(tmp_path: Path, body: bytes) -> None:
    file = tmp_path / "notes.csv"
    file.write_bytes(body)
    with (
        pytest.raises(InputRefused, match=r"notes\.csv") as refused,
        writing_results(file, ASKED, HERE),
    ):
        pass
    assert refused.value.code == "CG-5003"
    assert file.read_bytes() == body


def test_one_process_at_a_time_writes(tmp_path: Path) -> None:
    file = tmp_path / "results.csv"
    with writing_results(file, ASKED, HERE):
        with pytest.raises(ColdgridError) as refused, writing_results(file, ASKED, HERE):
            pass
        assert refused.value.code == "CG-5004"
    fill(file, THREE)


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(ColdgridError, match="nowhere") as refused:
        fill(tmp_path / "nowhere" / "results.csv", THREE)
    assert refused.value.code == "CG-6001"


def test_all_instances_come_with_the_first_seed_before_the_next(tmp_path: Path) -> None:
    for name in "ab":
        (tmp_path / name).write_text(name)
    runs = runs_of([(tmp_path / "a", "a"), (tmp_path / "b", "b")], [3, 1])
    assert [(run.instance, run.seed) for run in runs] == [("a", 3), ("b", 3), ("a", 1), ("b", 1)]
    assert runs[0].digest == runs[2].digest != runs[1].digest


def test_a_summary_counts_finds_as_nothing_and_names_the_worst(tmp_path: Path) -> None:
    file = tmp_path / "results.csv"
    with writing_results(file, ASKED, HERE) as kept:
        for name, cost in [("a", 100.0), ("b", 103.0), ("c", 98.0), ("d", None)]:
            kept.add(a_run(name), result(name, cost, bound=90.0))
    (found,) = summaries(read_results(file))
    assert found.mean_gap_pct == pytest.approx(1.0)
    assert (found.worst_gap_pct, found.worst_instance) == (3.0, "b")
    assert (found.at_best, found.compared, found.runs) == (2, 3, 4)
    assert found.finds == (("c", -2.0),)
    assert found.unsolved == ("d",)
    assert found.processor_share == pytest.approx(0.75)
