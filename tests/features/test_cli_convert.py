"""``coldgrid convert bogota``: a day file becomes a folder that can be planned."""

from pathlib import Path

import pytest

from optimizer.formats.problem_reading import read_problem
from tests.features.command_line import coldgrid

DAY = """Date,ClientID,Lat,Lon,Kg,ProductType
2024-06-28,1001,4.7100,-74.0800,12.5,Chilled
2024-06-28,1001,4.7100,-74.0800,40,Dry
2024-06-28,1002,4.6900,-74.1300,7,Frozen
2024-06-28,1003,4.6500,-74.1000,900,Dry
"""


@pytest.fixture
def day(tmp_path: Path) -> Path:
    path = tmp_path / "day.csv"
    path.write_text(DAY, encoding="utf-8")
    return path


def test_a_person_reads_what_was_written(day: Path, tmp_path: Path) -> None:
    done = coldgrid("convert", "bogota", day, tmp_path / "out", "--grids", 2)
    assert done.code == 0
    assert done.err == ""
    assert "4 rows of 3 clients" in done.out
    assert "959.5 kg" in done.out
    assert "1 truck, " in done.out


def test_json_has_the_totals_of_the_folder(day: Path, tmp_path: Path) -> None:
    done = coldgrid("convert", "bogota", day, tmp_path / "out", "--grids", 2, "--json")
    assert done.code == 0
    document = done.document()
    problem = read_problem(tmp_path / "out").problem
    assert document["mass_kg"] == 959.5
    assert sum(line.mass_g for line in problem.lines.values()) == 959_500
    assert document["lines"] == len(problem.lines)
    assert document["clients"] == 3
    assert len(document["grids"]) == 2
    assert sum(document["vehicles"].values()) == len(problem.vehicles)


def test_constants_reach_the_folder(day: Path, tmp_path: Path) -> None:
    words = ("--ambient-c", "30", "--wave", "04:45", "--truck", "payload_kg=3210")
    done = coldgrid("convert", "bogota", day, tmp_path / "out", *words)
    assert done.code == 0, done.err
    problem = read_problem(tmp_path / "out").problem
    assert problem.ambient_c == 30
    assert problem.horizon.instant(problem.waves[0].departs).strftime("%H:%M") == "04:45"
    assert {v.payload_g for v in problem.vehicles.values() if v.type == "truck"} == {3_210_000}


def test_the_same_day_gives_the_same_folder(day: Path, tmp_path: Path) -> None:
    for name in ("one", "two"):
        assert coldgrid("convert", "bogota", day, tmp_path / name, "--grids", 2).code == 0
    for file in (tmp_path / "one").iterdir():
        assert file.read_bytes() == (tmp_path / "two" / file.name).read_bytes()


def test_every_bad_row_is_named(day: Path, tmp_path: Path) -> None:
    day.write_text(DAY.replace(",7,Frozen", ",much,Frosty").replace("4.6500", "north"))
    done = coldgrid("convert", "bogota", day, tmp_path / "out")
    assert done.code == 2
    assert done.out == ""
    assert sorted(line.split(":")[0] for line in done.complaints()) == [
        "CG-1007 day.csv row 4",
        "CG-1007 day.csv row 5",
        "CG-1012 day.csv row 4",
    ]
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("missing.csv", "out"), "CG-1001"),
        (("day.csv", "day.csv/out"), "CG-6001"),
        (("day.csv", "out", "--opens", "08:00", "--closes", "08:00"), "CG-1019"),
    ],
)
def test_what_cannot_be_read_or_written_is_one_line(
    day: Path, words: tuple[str, ...], code: str
) -> None:
    done = coldgrid("convert", "bogota", *words, cwd=day.parent)
    assert done.code == 2
    assert done.out == ""
    assert {line.split()[0] for line in done.complaints()} == {code}
    assert len(done.complaints()) < 6


def test_a_constant_out_of_range_is_a_usage_error(day: Path, tmp_path: Path) -> None:
    done = coldgrid("convert", "bogota", day, tmp_path / "out", "--grids", "0")
    assert done.code == 2
    (line,) = done.complaints()
    assert "--grids" in line


# --- delivery sites of Shanghai -----------------------------------------------------------------

SITES = """Order_id,Spot_id,Site_id,Num,Lng_site,Lat_site,Lng_spot,Lat_spot
F1,B1,A001,30,121.40,31.20,121.41,31.21
F2,B2,A001,12,121.40,31.20,121.39,31.19
F3,B3,A003,20,121.45,31.22,121.46,31.21
F4,B4,A004,7,121.43,31.18,121.44,31.18
"""


@pytest.fixture
def sites(tmp_path: Path) -> Path:
    path = tmp_path / "sites.csv"
    path.write_text(SITES, encoding="utf-8")
    return path


def test_sites_become_a_folder_that_can_be_planned(sites: Path, tmp_path: Path) -> None:
    done = coldgrid("convert", "shanghai", sites, tmp_path / "out")
    assert (done.code, done.err) == (0, "")
    assert "4 rows, 69 parcels of 3 of 3 sites" in done.out
    assert "69 parcels, 103.5 kg for 4 spots" in done.out
    planned = coldgrid(
        "plan", tmp_path / "out", "--iterations", 5, "--workers", 1, "--json", cwd=tmp_path
    )
    assert planned.code == 0, planned.err
    assert planned.document()["unserved"] == []
    assert planned.document()["check"]["feasible"] is True


def test_the_first_sites_by_id_are_taken(sites: Path, tmp_path: Path) -> None:
    done = coldgrid("convert", "shanghai", sites, tmp_path / "out", "--sites", 2, "--json")
    assert done.code == 0, done.err
    document = done.document()
    problem = read_problem(tmp_path / "out").problem
    assert [site for site in problem.sites if site.startswith("A")] == ["A001", "A003"]
    assert document["parcels"] == document["parcels_written"] == 62
    assert document["left_out"] == {"rows": 1, "parcels": 7}
    assert (document["sites"], document["sites_of_file"], document["spots"]) == (2, 3, 3)
    assert document["mass_kg"] * 1000 == sum(line.mass_g for line in problem.lines.values())
    assert sum(document["vehicles"].values()) == len(problem.vehicles)


def test_zones_and_parcels_are_options(sites: Path, tmp_path: Path) -> None:
    words = ("--zone-shares", "chilled=1", "--parcel-kg", "2.25", "--parcel-l", "4", "--seed", "9")
    done = coldgrid("convert", "shanghai", sites, tmp_path / "out", *words)
    assert done.code == 0, done.err
    lines = read_problem(tmp_path / "out").problem.lines.values()
    assert {line.zone.value for line in lines} == {"chilled"}
    assert sum(line.mass_g for line in lines) == 69 * 2250
    assert sum(line.volume_ml for line in lines) == 69 * 4000


def test_the_same_seed_gives_the_same_sites(sites: Path, tmp_path: Path) -> None:
    for name, seed in (("one", 3), ("two", 3), ("three", 4)):
        done = coldgrid("convert", "shanghai", sites, tmp_path / name, "--seed", seed)
        assert done.code == 0
    orders = [(tmp_path / n / "orders.csv").read_bytes() for n in ("one", "two", "three")]
    assert orders[0] == orders[1]
    assert orders[0] != orders[2]


def test_every_bad_row_of_sites_is_named(sites: Path, tmp_path: Path) -> None:
    sites.write_text(SITES.replace(",12,", ",a dozen,").replace("A003,20,121.45", "A003,20,east"))
    done = coldgrid("convert", "shanghai", sites, tmp_path / "out")
    assert (done.code, done.out) == (2, "")
    assert sorted(line.split(":")[0] for line in done.complaints()) == [
        "CG-1007 sites.csv row 3",
        "CG-1007 sites.csv row 4",
    ]
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("--sites", "0"),
        ("--zone-shares", "warm=1"),
        ("--zone-shares", "frozen=0"),
        ("--zone-shares", "frozen=1,frozen=2"),
        ("--zone-shares", "frozen=nan"),
        ("--parcel-kg", "heavy"),
        ("--parcel-kg", "0.0005"),
        ("--parcel-l", "0"),
    ],
)
def test_an_option_of_sites_out_of_range_is_a_usage_error(
    sites: Path, tmp_path: Path, option: str, value: str
) -> None:
    done = coldgrid("convert", "shanghai", sites, tmp_path / "out", option, value)
    assert done.code == 2
    (line,) = done.complaints()
    assert option in line


def test_a_folder_that_cannot_be_written_is_one_line(sites: Path) -> None:
    done = coldgrid("convert", "shanghai", sites, sites / "out")
    assert done.code == 2
    assert done.complaints()[0].startswith("CG-6001")
