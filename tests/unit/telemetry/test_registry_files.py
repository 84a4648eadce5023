"""A registry as a folder of tables."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from optimizer.domain.errors import InputRefused
from optimizer.domain.temperature import Zone
from telemetry.registry import Placement, Point, PointKind
from telemetry.registry_files import RegistryFiles, read_registry, write_registry
from tests.telemetry_cases import HOUR, T0, a_compartment, a_gateway, a_room, a_sensor

POINTS = "id,kind,asset,name,zone,profile,always_armed,grade\n"
SENSORS = "sensor,point,from,to,offset_c,calibration_due,gateway,interval_s\n"
ROOM = "G1/cold,room,G1,Cold room,chilled,,yes,1\n"


def _read(folder: Path, points: str = POINTS + ROOM, sensors: str = SENSORS) -> RegistryFiles:
    (folder / "points.csv").write_text(points, encoding="utf-8")
    (folder / "sensors.csv").write_text(sensors, encoding="utf-8")
    return read_registry(folder, now_ms=T0, profiles={"frozen"})


def _faults(folder: Path, points: str = POINTS + ROOM, sensors: str = SENSORS) -> list[str]:
    with pytest.raises(InputRefused) as refused:
        _read(folder, points, sensors)
    return [f"{fault.code} {fault.place}" for fault in refused.value.faults]


def test_a_row_is_what_its_columns_say(tmp_path: Path) -> None:
    read = _read(
        tmp_path,
        POINTS + ROOM + "GW,gateway,G1,Gateway,,,,\n",
        SENSORS + "a,G1/cold,2023-11-01T08:00:00+08:00,,-0.3,2024-05-01,GW,30\n",
    )
    assert read.registry.points["G1/cold"] == Point(
        id="G1/cold",
        kind=PointKind.ROOM,
        asset="G1",
        name="Cold room",
        zone=Zone.CHILLED,
        always_armed=True,
    )
    assert read.registry.place("a", T0) == Placement(
        sensor="a",
        point="G1/cold",
        from_ms=1_698_796_800_000,
        offset_c=-0.3,
        calibration_due_ms=1_714_608_000_000,
        gateway="GW",
        interval_s=30,
    )
    assert read.warnings == ()


BESIDE = "id,kind,zone,beside,beside_h\nV1/f,compartment,frozen,V1/c,8.5\nGW,gateway,,,\n"


def test_a_point_may_name_what_is_behind_its_bulkhead(tmp_path: Path) -> None:
    points = BESIDE + "V1/c,compartment,chilled,V1/f,8.5\n"
    registry = _read(tmp_path, points).registry
    frozen = registry.points["V1/f"]
    assert (frozen.beside, frozen.beside_h) == ("V1/c", 8.5)
    write_registry(tmp_path / "again", registry, [])
    again = read_registry(tmp_path / "again", now_ms=T0).registry
    assert again.points == registry.points


@pytest.mark.parametrize(
    ("beside", "code"),
    [("V1/x,8", "CG-8015"), ("GW,8", "CG-8015"), ("V1/c,8", "CG-8015"), (",8", "CG-8012"),
     ("V1/f,", "CG-8012"), ("V1/f,0", "CG-8012"), ("V1/f,2000", "CG-8012")],
)  # fmt: skip
def test_a_bulkhead_that_cannot_be_is_refused(tmp_path: Path, beside: str, code: str) -> None:
    faults = _faults(
        tmp_path, BESIDE.replace("V1/c,8.5", ",") + f"V1/c,compartment,chilled,{beside}\n"
    )
    assert faults == [f"{code} points.csv row 4"]


def test_only_id_and_kind_and_zone_must_be_said(tmp_path: Path) -> None:
    read = _read(tmp_path, "id,kind,zone\nV1/frozen,compartment,frozen\nG1/a,room,chilled\n")
    compartment, room = read.registry.points.values()
    assert (compartment.asset, compartment.name, compartment.grade) == ("V1", "V1/frozen", 1)
    assert not compartment.always_armed
    assert room.always_armed


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("G1/cold,room,G1,again,chilled,,yes,1", "CG-8014"),
        (",room,G1,x,chilled,,yes,1", "CG-8012"),
        ("x,rom,G1,x,chilled,,yes,1", "CG-8012"),
        ("x,,G1,x,chilled,,yes,1", "CG-8012"),
        ("x,room,G1,x,cold,,yes,1", "CG-8012"),
        ("x,room,G1,x,,,yes,1", "CG-8017"),
        ("x,gateway,G1,x,chilled,,yes,1", "CG-8017"),
        ("x,room,G1,x,chilled,,maybe,1", "CG-8012"),
        ("x,room,G1,x,chilled,,yes,4", "CG-8012"),
        ("x,room,G1,x,chilled,frosen,yes,1", "CG-8019"),
        ("x,room,G1,x,chilled,,yes,1,more", "CG-8012"),
    ],
)
def test_a_faulty_point_is_named_with_its_row(tmp_path: Path, row: str, code: str) -> None:
    assert _faults(tmp_path, POINTS + ROOM + row + "\n") == [f"{code} points.csv row 3"]


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("a,G1/warm,,,,,,", "CG-8015"),
        ("a,GW,,,,,,", "CG-8015"),
        ("a,G1/cold,,,,,G1/cold,", "CG-8015"),
        ("a,G1/cold,2023-11-01T08:00:00,,,,,", "CG-8013"),
        ("a,G1/cold,yesterday,,,,,", "CG-8013"),
        ("a,G1/cold,2023-11-02T00:00:00Z,2023-11-02T00:00:00Z,,,,", "CG-8016"),
        ("a,G1/cold,,,nan,,,", "CG-8012"),
        ("a,G1/cold,,,-18,,,", "CG-8012"),
        ("a,G1/cold,,,,,,0", "CG-8012"),
        (",G1/cold,,,,,,60", "CG-8012"),
    ],
)
def test_a_faulty_placement_is_named_with_its_row(tmp_path: Path, row: str, code: str) -> None:
    points = POINTS + ROOM + "GW,gateway,G1,Gateway,,,,\n"
    assert _faults(tmp_path, points, SENSORS + row + "\n") == [f"{code} sensors.csv row 2"]


@pytest.mark.parametrize(
    ("first", "second", "allowed"),
    [
        (",2023-11-02T00:00:00Z", "2023-11-02T00:00:00Z,", True),
        (",2023-11-02T00:00:00Z", "2023-11-01T23:59:59Z,", False),
        (",", ",", False),
        ("2023-11-02T00:00:00Z,", "2023-11-03T00:00:00Z,", False),
    ],
)
def test_a_sensor_is_in_one_place_at_a_time(
    tmp_path: Path, first: str, second: str, allowed: bool
) -> None:
    rows = f"{SENSORS}a,G1/cold,{second},,,,\na,G1/cold,{first},,,,\n"
    if allowed:
        assert len(_read(tmp_path, sensors=rows).registry.placements_at("G1/cold")) == 2
    else:
        assert len(_faults(tmp_path, sensors=rows)) == 1


def test_everything_wrong_is_said_at_once(tmp_path: Path) -> None:
    (tmp_path / "topics.yaml").write_text("a: [1", encoding="utf-8")
    found = _faults(tmp_path, "id,kind,zon\nx,rom,\n", SENSORS + "a,y,,,,,,\n")
    assert [fault.split()[0] for fault in found] == [
        "CG-8011",
        "CG-8012",
        "CG-8017",
        "CG-8015",
        "CG-8018",
    ]


def test_a_folder_without_tables_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputRefused) as refused:
        read_registry(tmp_path, now_ms=T0)
    assert [fault.place for fault in refused.value.faults] == ["points.csv", "sensors.csv"]


def test_what_a_person_should_look_at_refuses_nothing(tmp_path: Path) -> None:
    rooms = "".join(f"G1/{number},room,G1,,chilled,,,\n" for number in range(12))
    read = _read(
        tmp_path,
        POINTS + ROOM + rooms,
        SENSORS
        + "".join(f"s{number},G1/{number},,,,,,\n" for number in range(1, 12))
        + "old,G1/cold,,,,2023-11-13,,\n",
    )
    assert [warning.code for warning in read.warnings] == ["CG-8030", "CG-8032", "CG-8031"]


def test_documents_are_given_as_they_are(tmp_path: Path) -> None:
    (tmp_path / "topics.yaml").write_text("- filter: a/#\n", encoding="utf-8")
    read = _read(tmp_path)
    assert (read.topics, read.roster) == ([{"filter": "a/#"}], None)


@pytest.mark.parametrize("text", ["name: ours\n", "packs:\n- name: theirs\n- name: ours\n"])
def test_a_point_may_be_watched_by_rules_of_the_folder(tmp_path: Path, text: str) -> None:
    (tmp_path / "profiles.yaml").write_text(text, encoding="utf-8")
    read = _read(tmp_path, POINTS + "G1/cold,room,G1,Cold room,chilled,ours,yes,1\n")
    assert read.registry.points["G1/cold"].profile == "ours"


# --- written and read again ---------------------------------------------------------------------

_WORDS = st.text(
    st.characters(exclude_categories=("Cs", "Cc", "Z")), min_size=1, max_size=12
).filter(lambda word: word == word.strip())
_INSTANTS = st.integers(min_value=T0 - 9 * HOUR, max_value=T0 + 9 * HOUR)


@st.composite
def _registries(draw: st.DrawFn) -> tuple[list[Point], list[Placement]]:
    names = draw(st.lists(_WORDS, min_size=1, max_size=5, unique=True))
    points = [
        draw(st.sampled_from((a_room, a_compartment)))(
            name,
            name=draw(_WORDS),
            zone=draw(st.sampled_from(Zone)),
            grade=draw(st.integers(1, 3)),
        )
        for name in names[1:]
    ]
    gateway = a_gateway(names[0])
    placements = []
    for point in points:
        begin, end = sorted(draw(st.tuples(_INSTANTS, _INSTANTS)))
        placements.append(
            a_sensor(
                f"sensor of {point.id}",
                point.id,
                from_ms=draw(st.sampled_from((None, begin))),
                to_ms=draw(st.sampled_from((None, end + 1))),
                offset_c=draw(st.floats(-10, 10)),
                calibration_due_ms=draw(st.none() | _INSTANTS),
                gateway=draw(st.sampled_from((None, gateway.id))),
                interval_s=draw(st.integers(1, 3600)),
            )
        )
    return [gateway, *points], placements


@settings(max_examples=60)
@given(case=_registries())
def test_what_was_written_is_read_again(
    tmp_path_factory: pytest.TempPathFactory, case: tuple[list[Point], list[Placement]]
) -> None:
    points, placements = case
    folder = tmp_path_factory.mktemp("registry")
    write_registry(folder, points, placements)
    registry = read_registry(folder, now_ms=T0).registry
    assert list(registry) == points
    found = [one for point in points for one in registry.placements_at(point.id)]
    assert sorted(found, key=lambda one: one.sensor) == sorted(
        placements, key=lambda one: one.sensor
    )
