"""The travel file: lookup, and every fault at once."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from optimizer.domain.error_table import ERRORS
from optimizer.domain.errors import Fault, InputRefused, TravelUnavailable
from optimizer.domain.network import Site, SiteKind
from optimizer.domain.travel_matrix import UNREACHABLE
from optimizer.travel.matrix_file import MatrixFile

NAMES = ("A", "B", "C")
SITES = [
    Site(id=name, kind=SiteKind.PICKUP, name=name, lat=0.0, lon=0.0, hours=()) for name in NAMES
]


def _read(folder: Path, *rows: str, header: str = "from,to,distance_m,duration_s") -> MatrixFile:
    path = folder / "matrix.csv"
    path.write_text("\n".join((header, *rows)) + "\n", encoding="utf-8")
    return MatrixFile.read(path, sites=NAMES)


def _faults(folder: Path, *rows: str, header: str = "from,to,distance_m") -> list[Fault]:
    with pytest.raises(InputRefused) as refused:
        _read(folder, *rows, header=header)
    assert all(fault.code in ERRORS for fault in refused.value.faults)
    return list(refused.value.faults)


def test_the_file_is_directed_and_missing_pairs_have_no_way(tmp_path: Path) -> None:
    matrix = _read(tmp_path, "A,B,1200,90", "B,A,1500,100", "B,C,700,60").matrix(SITES, SITES)
    gone = UNREACHABLE
    assert matrix.distance_m.tolist() == [[0, 1200, gone], [1500, 0, 700], [gone, gone, 0]]
    assert matrix.duration_s is not None
    assert matrix.duration_s.tolist() == [[0, 90, gone], [100, 0, 60], [gone, gone, 0]]


def test_measured_times_ignore_the_speed_but_take_the_traffic_factor(tmp_path: Path) -> None:
    matrix = _read(tmp_path, "A,B,1200,90").matrix(SITES[:1], SITES)
    assert matrix.durations(5.0, factor=1.5).tolist() == [[0, 135, UNREACHABLE]]


@pytest.mark.parametrize(
    ("header", "rows"),
    [("from,to,distance_m", ["A,B,10"]), ("from,to,distance_m,duration_s", ["A,B,10,", "B,A,9, "])],
)
def test_durations_may_be_absent(tmp_path: Path, header: str, rows: list[str]) -> None:
    matrix = _read(tmp_path, *rows, header=header).matrix(SITES, SITES)
    assert matrix.duration_s is None
    assert matrix.durations(36.0)[0, 1] == 1


def test_fractions_are_rounded_and_column_order_does_not_matter(tmp_path: Path) -> None:
    read = _read(tmp_path, "12.5,B,A,note", header="distance_m,to,from,remark")
    assert read.matrix(SITES[:1], SITES[1:2]).distance_m.tolist() == [[13]]


def test_a_site_the_file_does_not_know_has_no_way_anywhere(tmp_path: Path) -> None:
    stranger = Site(id="Z", kind=SiteKind.PICKUP, name="Z", lat=0.0, lon=0.0, hours=())
    matrix = _read(tmp_path, "A,B,10,1").matrix([*SITES[:1], stranger], [*SITES[:2], stranger])
    assert matrix.distance_m.tolist() == [[0, 10, -1], [-1, -1, 0]]


def test_a_file_without_rows_joins_nothing(tmp_path: Path) -> None:
    matrix = _read(tmp_path).matrix(SITES[:2], SITES[:2])
    assert matrix.distance_m.tolist() == [[0, -1], [-1, 0]]


def test_the_digest_is_the_hash_of_the_file(tmp_path: Path) -> None:
    read = _read(tmp_path, "A,B,1200,90")
    content = (tmp_path / "matrix.csv").read_bytes()
    assert read.source.provider == "matrix"
    assert read.source.digest == "sha256:" + hashlib.sha256(content).hexdigest()


def test_every_fault_is_reported_at_once_with_its_row(tmp_path: Path) -> None:
    faults = _faults(
        tmp_path,
        "A,B,far",
        "A,X,10",
        "A,C,10",
        "A,C,11",
        "B,C,-5",
        ",C,7",
        "B,B,3",
        "C,A,nan",
        "C,B,1,5",
    )
    assert [(fault.code, fault.place) for fault in faults] == [
        ("CG-2005", "matrix.csv row 2"),
        ("CG-2006", "matrix.csv row 3"),
        ("CG-2007", "matrix.csv row 5"),
        ("CG-2005", "matrix.csv row 6"),
        ("CG-2006", "matrix.csv row 7"),
        ("CG-2005", "matrix.csv row 8"),
        ("CG-2005", "matrix.csv row 9"),
        ("CG-2004", "matrix.csv row 10"),
    ]


def test_a_bad_row_given_twice_is_reported_twice(tmp_path: Path) -> None:
    faults = _faults(tmp_path, "A,B,far", "A,B,10", "A,B,11")
    assert [fault.code for fault in faults] == ["CG-2005", "CG-2007"]


def test_durations_of_some_rows_are_refused(tmp_path: Path) -> None:
    header = "from,to,distance_m,duration_s"
    (fault,) = _faults(tmp_path, "A,B,10,5", "B,A,10,", header=header)
    assert fault.code == "CG-2008"
    assert "B to A" in fault.cause


def test_a_missing_column_is_one_fault(tmp_path: Path) -> None:
    (fault,) = _faults(tmp_path, "A,10", header="from,distance_m")
    assert fault.code == "CG-2004"
    assert "column to is missing" in fault.cause


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "matrix.csv"
    path.write_bytes(b"from,to,distance_m\nA,\xff\xfe,3\n")
    with pytest.raises(InputRefused) as refused:
        MatrixFile.read(path)
    assert [fault.code for fault in refused.value.faults] == ["CG-2004"]


def test_an_unclosed_quote_is_refused(tmp_path: Path) -> None:
    (fault,) = _faults(tmp_path, 'A,"B,10')
    assert fault.code == "CG-2004"


def test_a_file_that_is_not_there_is_unavailable(tmp_path: Path) -> None:
    with pytest.raises(TravelUnavailable, match=r"nowhere\.csv") as unavailable:
        MatrixFile.read(tmp_path / "nowhere.csv")
    assert unavailable.value.code == "CG-2002"


def test_without_the_problems_sites_any_name_is_a_site(tmp_path: Path) -> None:
    path = tmp_path / "matrix.csv"
    path.write_text("from,to,distance_m\nX,Y,3\n", encoding="utf-8")
    assert set(MatrixFile.read(path).index) == {"X", "Y"}
