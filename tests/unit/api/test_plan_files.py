from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.cli.plan_files import PlanFiles, manifest_names
from optimizer.domain.errors import ColdgridError


def test_files_are_named_after_the_plan() -> None:
    files = PlanFiles.beside(Path("out/monday.v2.json"))
    assert files.geojson == Path("out/monday.v2.geojson")
    assert files.manifests == Path("out/monday.v2-manifests")


@pytest.mark.parametrize(
    ("vehicle", "name"),
    [
        ("V1", "V1.csv"),
        ("湘A·12345", "湘A_12345.csv"),
        ("../V1", "_._V1.csv"),
        (".hidden", "_hidden.csv"),
        ("C:\\V1", "C__V1.csv"),
        ("two words", "two_words.csv"),
    ],
)
def test_a_manifest_bears_the_vehicles_name_as_far_as_a_disk_allows(
    vehicle: str, name: str
) -> None:
    assert manifest_names([vehicle]) == {vehicle: name}


def test_vehicles_that_would_share_a_file_are_numbered() -> None:
    names = manifest_names(["V/1", "V_1", "v_1", "V/1"])
    assert names == {"V/1": "V_1.csv", "V_1": "V_1-2.csv", "v_1": "v_1-3.csv"}


@given(st.lists(st.text(min_size=1, max_size=120), min_size=1, unique=True))
def test_every_vehicle_has_a_file_of_its_own_inside_the_folder(vehicles: list[str]) -> None:
    names = manifest_names(vehicles)
    assert list(names) == vehicles
    assert len({name.casefold() for name in names.values()}) == len(vehicles)
    for name in names.values():
        assert Path(name).name == name
        assert not name.startswith(".")
        assert len(name) <= 100


def test_preparing_makes_the_folders(tmp_path: Path) -> None:
    files = PlanFiles.beside(tmp_path / "a" / "b" / "plan.json")
    files.prepare()
    assert files.manifests.is_dir()
    assert not files.plan.exists()


@pytest.mark.parametrize("taken", ["plan.json", "plan.geojson"])
def test_a_folder_where_a_file_should_go_is_refused(tmp_path: Path, taken: str) -> None:
    (tmp_path / taken).mkdir()
    with pytest.raises(ColdgridError, match=taken) as refusal:
        PlanFiles.beside(tmp_path / "plan.json").prepare()
    assert refusal.value.code == "CG-6001"
