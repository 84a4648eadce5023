"""Every CG-1xxx code: what provokes it, where it is reported and what the person is told to do."""

import json
from pathlib import Path

import pytest

from optimizer.domain.error_table import ERRORS
from optimizer.domain.errors import Fault, InputRefused
from optimizer.formats.problem_reading import problem_from_document, read_problem
from tests.unit.formats import tiny_day
from tests.unit.formats.input_fault_cases import (
    CASES,
    OF_CONVERTERS,
    Case,
    Edit,
    all_of,
    cell,
    settings,
    swapped,
    whole,
)

OF_REROUTE = "CG-15"
"""Questions about a broken compartment, not about a day's tables."""


def faults_of(folder: Path, edit: Edit) -> tuple[Fault, ...]:
    files = tiny_day.files(folder / "day")
    edit(files)
    changed = folder / "changed"
    changed.mkdir()
    for name, data in files.items():
        (changed / name).write_bytes(data)
    with pytest.raises(InputRefused) as refused:
        read_problem(changed)
    return refused.value.faults


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name[:40])
def test_fault_is_reported_with_place_and_action(case: Case, tmp_path: Path) -> None:
    (fault,) = [f for f in faults_of(tmp_path, case.edit) if f.code == case.code]
    assert fault.place == case.place
    assert case.action in fault.action


def test_every_input_code_has_a_case() -> None:
    of_input = {code for code in ERRORS if code.startswith("CG-1")}
    here = {code for code in of_input if not code.startswith(OF_REROUTE)} - OF_CONVERTERS
    assert here == {case.code for case in CASES}


def test_all_faults_are_reported_at_once_and_rows_in_order(tmp_path: Path) -> None:
    edit = all_of(
        cell("orders.csv", 3, "zone", "warm"),
        cell("orders.csv", 2, "mass_kg", "-1"),
        cell("orders.csv", 2, "site", "Q"),
        cell("vehicles.csv", 2, "home", "Q"),
        cell("sites.csv", 5, "lat", "north"),
        settings("radius_km: near\n"),
    )
    assert [(f.code, f.place) for f in faults_of(tmp_path, edit)] == [
        ("CG-1007", "settings.yaml line 4"),
        ("CG-1007", "sites.csv row 5"),
        ("CG-1015", "vehicles.csv row 2"),
        ("CG-1015", "orders.csv row 2"),
        ("CG-1008", "orders.csv row 2"),
        ("CG-1012", "orders.csv row 3"),
    ]


@pytest.mark.parametrize(
    ("edit", "meant"),
    [
        (cell("orders.csv", 2, "zone", "frosen"), "'frozen'"),
        (swapped("orders.csv", "volume_l", "volum_l"), "'volume_l'"),
        (settings("promisses: {}\n"), "'promises'"),
        (cell("orders.csv", 2, "promise", "colt"), "'cold'"),
    ],
)
def test_near_miss_is_suggested(edit: Edit, meant: str, tmp_path: Path) -> None:
    assert any(f"did you mean {meant}?" in fault.cause for fault in faults_of(tmp_path, edit))


def test_a_faulty_site_is_not_also_unknown(tmp_path: Path) -> None:
    faults = faults_of(tmp_path, cell("sites.csv", 4, "lat", "x"))
    assert [fault.code for fault in faults] == ["CG-1007"]


def test_faults_without_sites_speak_of_nothing_that_follows_from_it(tmp_path: Path) -> None:
    faults = faults_of(tmp_path, lambda files: files.pop("sites.csv"))
    assert [fault.code for fault in faults] == ["CG-1001"]


@pytest.mark.parametrize(
    "edit",
    [
        lambda files: files.pop("settings.yaml"),
        whole("settings.yaml", b"waves: [}"),
        swapped("settings.yaml", "Asia/Shanghai", "Asia/Xianghai"),
        swapped("settings.yaml", "'2026-02-10T20:00:00+08:00'", "tomorrow"),
    ],
)
def test_without_a_horizon_only_the_form_of_times_is_judged(edit: Edit, tmp_path: Path) -> None:
    days = all_of(
        cell("orders.csv", 2, "window_from", "2026-02-11T07:00:00+08:00"),
        cell("orders.csv", 2, "promise", "colder"),
        cell("orders.csv", 3, "window_to", "25:00"),
        settings("promises: {colder: {deadline_h: 1}}\n"),
        edit,
    )
    faults = faults_of(tmp_path, days)
    assert [fault.place for fault in faults if fault.code == "CG-1009"][-1] == "orders.csv row 3"
    assert len(faults) == 2


@pytest.mark.parametrize(
    ("path", "value", "code", "place"),
    [
        (("orders", 1, "zone"), "warm", "CG-1012", "/orders/1/zone"),
        (("orders", 1, "mass_kg"), float("nan"), "CG-1007", "/orders/1/mass_kg"),
        (("orders", 1, "mass_kg"), [1], "CG-1027", "/orders/1/mass_kg"),
        (("orders", 1, "mas/kg"), 1, "CG-1003", "/orders/1/mas~1kg"),
        (("orders", 1), "row", "CG-1027", "/orders/1"),
        (("orders",), {}, "CG-1027", "/orders"),
        (("orders",), [], "CG-1022", "/orders"),
        (("sites",), None, "CG-1001", "/sites"),
        (("radius_km",), "x", "CG-1007", "/radius_km"),
        (("travel",), {"speed_kmh": {"van": 0}}, "CG-1008", "/travel/speed_kmh/van"),
        (("waves",), [{"id": "a"}], "CG-1006", "/waves/0/departs"),
        (("usual_vehicles",), {"P": "W"}, "CG-1015", "/usual_vehicles/P"),
        (("usual_vehicles",), ["V"], "CG-1027", "/usual_vehicles"),
    ],
)
def test_faults_of_a_document_have_json_pointers(
    path: tuple[str | int, ...], value: object, code: str, place: str
) -> None:
    document = tiny_day.document()
    inside = document
    for part in path[:-1]:
        inside = inside[part]  # type: ignore[index]
    inside[path[-1]] = value  # type: ignore[index]
    with pytest.raises(InputRefused) as refused:
        problem_from_document(document)
    assert (code, place) in [(fault.code, fault.place) for fault in refused.value.faults]


def test_required_cell_that_no_row_has_is_one_fault() -> None:
    document = tiny_day.document()
    for row in document["orders"]:
        del row["zone"]
    with pytest.raises(InputRefused) as refused:
        problem_from_document(document)
    assert [(f.code, f.place) for f in refused.value.faults] == [("CG-1002", "/orders")]


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("{", "no JSON"),
        ('{"schema": 1, "schema": 2}', "twice"),
        ("[" * 100_000, "too deep"),
        ('{"a": NaN}', "NaN"),
        ('{"a": ' + "9" * 5000 + "}", "no JSON"),
    ],
)
def test_broken_json_is_a_fault(text: str, cause: str, tmp_path: Path) -> None:
    file = tmp_path / "day.json"
    file.write_text(text)
    with pytest.raises(InputRefused) as refused:
        read_problem(file)
    (fault,) = refused.value.faults
    assert (fault.code, fault.place) == ("CG-1005", "day.json")
    assert cause in fault.cause


def test_json_that_is_no_object_is_a_fault(tmp_path: Path) -> None:
    file = tmp_path / "day.json"
    file.write_text("[]")
    with pytest.raises(InputRefused) as refused:
        read_problem(file)
    assert refused.value.code == "CG-1027"


@pytest.mark.parametrize("name", ["nowhere", "notes.txt"])
def test_path_that_is_no_problem_is_a_fault(name: str, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("hello")
    with pytest.raises(InputRefused) as refused:
        read_problem(tmp_path / name)
    assert [(f.code, f.place) for f in refused.value.faults] == [("CG-1001", name)]


def test_a_thousand_unknown_sites_do_not_take_a_minute() -> None:
    document = tiny_day.document()
    names = [f"SITE-{number}" for number in range(1000)]
    document["sites"] += [{"id": name, "kind": "pickup", "lat": 28.2, "lon": 113} for name in names]
    row = document["orders"][0]
    document["orders"] = [row | {"line": str(n), "site": f"SIT-{n}"} for n in range(2000)]
    with pytest.raises(InputRefused) as refused:
        problem_from_document(document)
    hinted = [fault for fault in refused.value.faults if "did you mean" in fault.cause]
    assert len(refused.value.faults) == 2000
    assert 0 < len(hinted) <= 20


def test_faults_can_be_shown_as_json(tmp_path: Path) -> None:
    faults = faults_of(tmp_path, cell("orders.csv", 2, "zone", "x" * 10_000))
    assert len(json.dumps([str(fault) for fault in faults])) < 1000
