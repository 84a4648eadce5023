"""Which provider the settings name, and where a matrix file may lie."""

from __future__ import annotations

from pathlib import Path

import pytest

from optimizer.domain.errors import InputRefused, TravelUnavailable
from optimizer.domain.problem import TravelSettings
from optimizer.travel.great_circle import GreatCircle
from optimizer.travel.matrix_file import MatrixFile
from optimizer.travel.open_provider import open_provider
from tests.streets import place


def _matrix(file: str | None) -> TravelSettings:
    return TravelSettings(provider="matrix", file=file)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    inside = tmp_path / "problem"
    inside.mkdir()
    (inside / "matrix.csv").write_text("from,to,distance_m\nA,B,3\n", encoding="utf-8")
    (tmp_path / "outside.csv").write_text("from,to,distance_m\nA,B,3\n", encoding="utf-8")
    return inside


def test_great_circle_takes_its_circuity_and_needs_no_folder() -> None:
    assert open_provider(TravelSettings(circuity=1.7), None) == GreatCircle(circuity=1.7)


def test_a_matrix_file_lies_in_the_problems_folder(folder: Path) -> None:
    provider = open_provider(_matrix("matrix.csv"), folder)
    assert isinstance(provider, MatrixFile)
    assert provider.distance_m.tolist() == [3]


def test_the_problems_sites_are_held_against_the_file(folder: Path) -> None:
    with pytest.raises(InputRefused) as refused:
        open_provider(_matrix("matrix.csv"), folder, sites={"A": place("A", 28.0, 112.8)})
    assert [fault.code for fault in refused.value.faults] == ["CG-2006"]


@pytest.mark.parametrize("file", ["../outside.csv", "matrix.csv/../../outside.csv"])
def test_a_path_that_leaves_the_folder_is_refused(folder: Path, file: str) -> None:
    with pytest.raises(InputRefused) as refused:
        open_provider(_matrix(file), folder)
    assert [fault.code for fault in refused.value.faults] == ["CG-2003"]


def test_an_absolute_path_is_refused_even_where_the_file_exists(folder: Path) -> None:
    with pytest.raises(InputRefused, match="CG-2003"):
        open_provider(_matrix(str(folder.parent / "outside.csv")), folder)


def test_a_symbolic_link_out_of_the_folder_is_refused(folder: Path) -> None:
    (folder / "link.csv").symlink_to(folder.parent / "outside.csv")
    with pytest.raises(InputRefused, match="CG-2003"):
        open_provider(_matrix("link.csv"), folder)


@pytest.mark.parametrize("file", [None, "", "matrix.csv"])
def test_a_matrix_without_folder_or_name_is_unavailable(file: str | None) -> None:
    with pytest.raises(TravelUnavailable) as unavailable:
        open_provider(_matrix(file), None)
    assert unavailable.value.code == "CG-2002"


def test_a_missing_file_is_unavailable(folder: Path) -> None:
    with pytest.raises(TravelUnavailable) as unavailable:
        open_provider(_matrix("other.csv"), folder)
    assert unavailable.value.code == "CG-2002"


def test_an_unknown_provider_is_unavailable_and_the_known_are_named() -> None:
    with pytest.raises(TravelUnavailable, match="great_circle, matrix") as unavailable:
        open_provider(TravelSettings(provider="teleport"), None)
    assert unavailable.value.code == "CG-2001"
