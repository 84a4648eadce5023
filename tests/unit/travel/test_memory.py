"""What was asked once is not asked again: in this process, in the next one, whatever breaks."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest

from optimizer.domain.network import Site
from optimizer.domain.plan import TravelSource
from optimizer.domain.travel_matrix import UNREACHABLE, TravelMatrix
from optimizer.travel.cache_files import Block, CacheFolder
from optimizer.travel.memory import Memory, Remembering, forget
from tests.streets import place

ROOT = Path(__file__).resolve().parents[3]
SITES = [place(f"S{at}", 28.0 + at / 100, 112.0) for at in range(6)]


@dataclass(slots=True, kw_only=True)
class Counted:
    """Measures places along a line and counts what it was asked; no way leads to S5."""

    digest: str = "sha256:line"
    timed: bool = True
    asked: list[tuple[tuple[str, ...], tuple[str, ...]]] = field(default_factory=list)

    @property
    def source(self) -> TravelSource:
        return TravelSource(provider="line", digest=self.digest)

    def matrix(self, origins: Sequence[Site], destinations: Sequence[Site]) -> TravelMatrix:
        names = tuple(s.id for s in origins), tuple(s.id for s in destinations)
        self.asked.append(names)
        there = np.array([site.lat for site in destinations]) * 1000
        metres = np.rint(there - np.array([[site.lat] for site in origins]) * 1000)
        metres = np.abs(metres).astype(np.int64)
        metres[:, [name == "S5" for name in names[1]]] = UNREACHABLE
        return TravelMatrix(
            origins=names[0],
            destinations=names[1],
            distance_m=metres,
            duration_s=np.where(metres >= 0, metres * 2, metres) if self.timed else None,
        )


@pytest.fixture(autouse=True)
def nothing_remembered() -> None:
    forget()


@pytest.fixture
def files(tmp_path: Path) -> CacheFolder:
    return CacheFolder(path=tmp_path / "cache", most_bytes=10**7)


def _tables(matrix: TravelMatrix) -> list[list[list[int]]]:
    assert matrix.duration_s is not None
    return [matrix.distance_m.tolist(), matrix.duration_s.tolist()]


def test_only_unknown_pairs_are_asked_for() -> None:
    line = Counted()
    provider = Remembering(inner=line)
    provider.matrix(SITES[:2], SITES[:3])
    assert _tables(provider.matrix(SITES[:2], SITES[1:3])) == _tables(
        Counted().matrix(SITES[:2], SITES[1:3])
    )
    assert len(line.asked) == 1
    whole = provider.matrix(SITES[:3], SITES)
    assert _tables(whole) == _tables(Counted().matrix(SITES[:3], SITES))
    # Of S2 nothing was known, of the others no way to S3 and beyond.
    assert line.asked[1] == (("S0", "S1", "S2"), ("S0", "S1", "S2", "S3", "S4", "S5"))
    assert whole.distance_m[0, 5] == UNREACHABLE
    provider.matrix(SITES[:3], SITES[5:])
    assert len(line.asked) == 2


def test_a_row_is_asked_for_at_once() -> None:
    line = Counted()
    provider = Remembering(inner=line, at_once=tuple(SITES))
    assert provider.matrix(SITES[:1], SITES[3:4]).distance_m.tolist() == [[30]]
    assert line.asked == [(("S0",), ("S3", "S0", "S1", "S2", "S4", "S5"))]
    provider.matrix(SITES[:1], SITES)
    assert len(line.asked) == 1


def test_another_process_finds_the_files(files: CacheFolder) -> None:
    provider = Remembering(inner=Counted(), files=files)
    wanted = _tables(provider.matrix(SITES, SITES))
    forget()
    late = Counted()
    assert _tables(Remembering(inner=late, files=files).matrix(SITES[::-1], SITES)) == [
        table[::-1] for table in wanted
    ]
    assert late.asked == []
    code = (
        "from tests.unit.travel.test_memory import *\n"
        f"files = CacheFolder(path=Path({str(files.path)!r}), most_bytes=10**7)\n"
        "line = Counted()\n"
        "print(Remembering(inner=line, files=files).matrix(SITES, SITES).distance_m.sum())\n"
        "print(line.asked)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert done.stdout.split() == [str(np.array(wanted[0]).sum()), "[]"]


def test_a_source_without_times_stays_without(files: CacheFolder) -> None:
    line = Counted(timed=False)
    for _ in range(2):
        provider = Remembering(inner=line, files=files)
        assert provider.matrix(SITES, SITES).duration_s is None
        assert provider.matrix(SITES, SITES).duration_s is None
        forget()
    assert len(line.asked) == 1


def test_sources_are_told_apart(files: CacheFolder) -> None:
    Remembering(inner=Counted(), files=files).matrix(SITES, SITES)
    other = Counted(digest="sha256:other")
    Remembering(inner=other, files=files).matrix(SITES, SITES)
    assert len(other.asked) == 1
    assert sorted(path.name for path in files.path.iterdir()) == ["line", "other"]


def _only_file(files: CacheFolder) -> Path:
    (path,) = files.path.glob("*/*")
    return path


@pytest.mark.parametrize("how", ["empty", "cut", "bit", "foreign", "pickled"])
def test_a_damaged_file_is_thrown_away_and_written_anew(
    files: CacheFolder, how: str, caplog: pytest.LogCaptureFixture
) -> None:
    wanted = _tables(Remembering(inner=Counted(), files=files).matrix(SITES, SITES))
    path = _only_file(files)
    good = path.read_bytes()
    at = good.index(b"distance_m.npy") + 200
    if how == "foreign":
        np.savez(path, distance_m=np.zeros((2, 2), dtype=np.int64))
    elif how == "pickled":
        np.savez(path, allow_pickle=True, distance_m=np.array([{}], dtype=object))
    else:
        damaged = {"empty": b"", "cut": good[:-100], "bit": good[:at] + b"\xff" + good[at + 1 :]}
        path.write_bytes(damaged[how])
    forget()
    line = Counted()
    with caplog.at_level(logging.WARNING):
        assert _tables(Remembering(inner=line, files=files).matrix(SITES, SITES)) == wanted
    assert [path.name in record.getMessage() for record in caplog.records] == [True]
    assert len(line.asked) == 1
    assert _only_file(files).read_bytes() == good


def test_a_folder_that_cannot_be_written_costs_a_line_in_the_log(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_text("no folder")
    files = CacheFolder(path=tmp_path / "file", most_bytes=10**7)
    with caplog.at_level(logging.WARNING):
        matrix = Remembering(inner=Counted(), files=files).matrix(SITES, SITES)
    assert matrix.distance_m[0, 3] == 30
    assert "cannot be written" in caplog.text


def test_the_folder_keeps_its_size_and_what_was_used_last(tmp_path: Path) -> None:
    block = Block(
        origins=np.zeros((20, 2)),
        destinations=np.zeros((20, 2)),
        distance_m=np.zeros((20, 20), dtype=np.int64),
        duration_s=None,
    )
    files = CacheFolder(path=tmp_path, most_bytes=3 * 5000)
    for at, name in enumerate(["a", "b", "c"]):
        files.keep(name, block)
        (path,) = (tmp_path / name).iterdir()
        os.utime(path, (at, at))
        assert 4000 < path.stat().st_size < 5000
    assert len(list(files.blocks("a", set()))) == 1
    files.keep("d", block)
    assert {path.parent.name for path in tmp_path.glob("*/*")} == {"a", "c", "d"}


def test_memory_forgets_the_rows_that_were_not_asked_for_longest() -> None:
    line = Counted(timed=False)
    memory = Memory(most_cells=12)
    there = np.array([[one.lat, one.lon] for one in SITES])
    for site in SITES:
        matrix = line.matrix([site], SITES)
        where = np.array([[site.lat, site.lon]])
        memory.remember(
            Block(origins=where, destinations=there, distance_m=matrix.distance_m, duration_s=None)
        )
    known, _ = memory.recall(there, there)
    rows = [bool((known[0, at] != -2).all()) for at in range(6)]
    assert rows[-1]
    assert not rows[0]
    assert sum(rows) <= 3


def test_several_threads_get_whole_answers(files: CacheFolder) -> None:
    provider = Remembering(inner=Counted(), files=files)
    wanted = _tables(Counted().matrix(SITES, SITES))
    parts = [SITES[at % 5 :] + SITES[: at % 5] for at in range(40)]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda part: provider.matrix(part, SITES), parts))
    for at, answer in enumerate(answers):
        turned = wanted[0][at % 5 :] + wanted[0][: at % 5]
        assert answer.distance_m.tolist() == turned
