"""Files that somebody damaged, or made to do damage: each importer refuses them, soon and briefly.

A message is short however long the text that it quotes, and what is refused names the mend.
"""

from __future__ import annotations

import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from shutil import copytree

import pytest

from optimizer.benchmark.two_echelon_instance import read_instance
from optimizer.benchmark.vrplib_file import read_instance as read_vrplib
from optimizer.domain.errors import InputRefused
from optimizer.formats.bogota import read_day
from optimizer.formats.manifest import safe_cell
from optimizer.formats.plan_reading import read_plan
from optimizer.formats.problem_reading import read_problem
from optimizer.formats.problem_writing import write_problem_workbook
from optimizer.travel.closures import read_closures
from optimizer.travel.edge_list import read_edge_list
from optimizer.travel.graphml import read_graphml
from optimizer.travel.matrix_file import MatrixFile
from optimizer.travel.road_network import NetworkDraft
from scenarios.drill_file import read_drill
from scenarios.reading import read_scenario
from telemetry.alarm.rules_file import read_rules
from telemetry.calling.roster_file import load_roster
from telemetry.export import cells
from telemetry.payloads.topic_rules import read_topic_rules
from telemetry.registry_files.reading import read_registry
from telemetry.replay.trace_file import read_trace
from telemetry.virtual_fleet.spec_file import read_spec

CITY = Path(__file__).parents[2] / "data" / "samples" / "small_city"
POINTS = "id,kind,asset,name,zone,profile,always_armed,grade,beside,beside_h"
STAYS = "sensor,point,from,to,offset_c,calibration_due,gateway,interval_s"
EDGES = "from,from_lat,from_lon,to,to_lat,to_lon,length_m,seconds,oneway"
DIGITS = "9" * 5_000
LONGEST_MESSAGE = 600
LONGEST_S = 2.0
"""Processor time; each takes a small part of it."""
MOST_MEMORY = 64 * 1024 * 1024

Importer = Callable[[Path], object]


def into(name: str) -> Importer:
    """Read the small city with one of its files replaced."""

    def read(path: Path) -> object:
        folder = path.parent / "city"
        copytree(CITY, folder)
        (folder / name).write_bytes(path.read_bytes())
        return read_problem(folder)

    return read


def watched(name: str) -> Importer:
    """Read a registry with one of its files replaced, and its topics."""

    def read(path: Path) -> object:
        folder = path.parent / "registry"
        folder.mkdir()
        (folder / "points.csv").write_text("id,kind,zone\na,room,frozen\n")
        (folder / "sensors.csv").write_text("sensor,point\ns,a\n")
        (folder / name).write_bytes(path.read_bytes())
        files = read_registry(folder, now_ms=10**12, profiles=())
        return None if files.topics is None else read_topic_rules(files.topics)

    return read


def drafted(read: Callable[[bytes, NetworkDraft], None]) -> Importer:
    """Read streets, and raise what is wrong with them."""

    def whole(path: Path) -> None:
        draft = NetworkDraft(file=path.name)
        read(path.read_bytes(), draft)
        if draft.faults:
            raise InputRefused(draft.faults)

    return whole


def closures(path: Path) -> object:
    """Read closed areas."""
    return read_closures(path.read_bytes(), file=path.name, digest="")


def rules(path: Path) -> object:
    """Read rule packs."""
    return read_rules(path.read_text(encoding="utf-8"), path.name)


TABLES: dict[str, tuple[Importer, str]] = {
    **{
        name: (into(name), (CITY / name).read_text().partition("\n")[0])
        for name in ("sites.csv", "orders.csv", "vehicles.csv", "stock.csv")
    },
    "bogota": (read_day, "Date,ClientID,Lat,Lon,Kg,ProductType"),
    "points": (watched("points.csv"), POINTS),
    "sensors": (watched("sensors.csv"), STAYS),
    "trace": (lambda path: read_trace(path, "t", tz="Asia/Shanghai"), "at,t"),
    "streets": (drafted(read_edge_list), EDGES),
    "matrix": (MatrixFile.read, "from,to,distance_m,duration_s"),
}
DOCUMENTS: dict[str, Importer] = {
    "settings": into("settings.yaml"),
    "scenario": read_scenario,
    "drill": read_drill,
    "fleet": read_spec,
    "roster": lambda path: load_roster(path, {}),
    "rules": rules,
    "topics": watched("topics.yaml"),
}
LAUGHS = "a: &a [x, x]\n" + "".join(
    f"{here}: &{here} [{','.join(9 * [f'*{before}'])}]\n"
    for before, here in zip("abcdefghijk", "bcdefghijkl", strict=True)
)
LOL = "".join(
    f'<!ENTITY {here} "{10 * f"&{before};"}">'
    for before, here in zip("abcdefgh", "bcdefghi", strict=True)
)


def refused(read: Importer, path: Path, data: bytes) -> InputRefused:
    """Have a file refused, in time and in few words."""
    path.write_bytes(data)
    began = time.process_time()
    with pytest.raises(InputRefused) as raised:
        read(path)
    assert time.process_time() - began < LONGEST_S
    assert max(len(str(fault)) for fault in raised.value.faults) < LONGEST_MESSAGE
    assert all(fault.place and fault.cause and fault.action for fault in raised.value.faults)
    return raised.value


@pytest.mark.parametrize("name", TABLES)
def test_tables_that_are_bombs_or_no_text_are_refused(name: str, tmp_path: Path) -> None:
    read, head = TABLES[name]
    columns = head.count(",") + 1
    for number, content in enumerate(
        (
            f"{head}\n{'x' * 300_000}{',1' * (columns - 1)}\n".encode(),
            f"{','.join(f'c{i}' for i in range(50_000))}\n".encode(),
            f"{head}\n{'1,' * 100_000}\n".encode(),
            f"{head}\n1,2\n".encode("utf-16"),
            b"\xff\xfe\xfd" * 100,
            b"",
            f'{head}\n"'.encode(),
        )
    ):
        place = tmp_path / str(number)
        place.mkdir()
        refused(read, place / "day.csv", content)


@pytest.mark.parametrize("name", TABLES)
@pytest.mark.parametrize("cell", ["nan", "-inf", "1e308", "1e400", DIGITS, "9999-12-31T23:59:59"])
def test_cells_that_are_no_numbers_are_refused(name: str, cell: str, tmp_path: Path) -> None:
    read, head = TABLES[name]
    row = ",".join([cell] * (head.count(",") + 1))
    refused(read, tmp_path / "day.csv", f"{head}\n{row}\n".encode())


@pytest.mark.parametrize("name", DOCUMENTS)
def test_documents_that_are_bombs_are_refused(name: str, tmp_path: Path) -> None:
    contents = (
        LAUGHS, "[" * 700, f"schema: {DIGITS}", f"name: 0x{'f' * 5_000}", f"{DIGITS}: 1",
        "schema: .nan\nseeds: .inf", "&a [*a]", '- !!python/object/apply:os.system ["id"]',
    )  # fmt: skip
    for number, text in enumerate(contents):
        place = tmp_path / str(number)
        place.mkdir()
        refused(DOCUMENTS[name], place / "day.yaml", text.encode())


@pytest.mark.parametrize(
    "bomb", ["packs: [*l]", "packs: [{name: *l}]", f"packs: [{{name: 0x{'f' * 5_000}}}]",
             f"packs: [{{0x{'f' * 5_000}: 1}}]", "packs: [{name: x, bands: *l}]"],
)  # fmt: skip
def test_a_rule_that_stands_for_billions_is_not_written_out(bomb: str, tmp_path: Path) -> None:
    refused(rules, tmp_path / "rules.yaml", f"{LAUGHS}{bomb}".encode())


@pytest.mark.parametrize(
    "text",
    [
        "[" * 100_000, "NaN", DIGITS, '{"type": ["Polygon"]}', '{"type": {}}', '"\\ud800"',
        *(
            f'{{"type":"Polygon","coordinates":[[[{number},1],[1,2],[2,2],[{number},1]]]}}'
            for number in ("9" * 400, "1e400", "NaN", "null", '"x"')
        ),
    ],
    ids=lambda text: text[:12],
)  # fmt: skip
@pytest.mark.parametrize("read", [closures, read_plan, read_problem])
def test_json_that_is_no_area_and_no_plan_is_refused(
    read: Importer, text: str, tmp_path: Path
) -> None:
    refused(read, tmp_path / "day.json", text.encode())


@pytest.mark.parametrize(
    "content",
    [
        f'<!DOCTYPE g [<!ENTITY a "lol">{LOL}]><graphml>&i;</graphml>'.encode(),
        b'<!DOCTYPE g [<!ENTITY e SYSTEM "file:///etc/passwd">]><graphml>&e;</graphml>',
        b'<!DOCTYPE g [<!ENTITY % e SYSTEM "http://127.0.0.1:1/">%e;]><graphml/>',
        b"<a>" * 50_000,
        *(
            f'<?xml version="1.0" encoding="{name}"?><graphml/>'.encode()
            for name in ("nonsense", "utf-7", "idna", "zlib", "undefined", "shift_jis")
        ),
        b'<?xml version="1.0" encoding="gbk"?><graphml x="\xff"/>',
        '<?xml version="1.0" encoding="nonsense"?><graphml/>'.encode("utf-16"),
    ],
    ids=lambda content: content[:60].decode("latin-1"),
)
def test_xml_with_entities_or_an_unknown_encoding_is_refused(
    content: bytes, tmp_path: Path
) -> None:
    assert "CG-2010" in str(refused(drafted(read_graphml), tmp_path / "day.graphml", content))


def test_streets_in_gbk_are_read() -> None:
    streets = (
        '<?xml version="1.0" encoding="GBK"?><graphml><key id="y" attr.name="y"/>'
        '<key id="x" attr.name="x"/><graph><node id="长沙"><data key="y">28</data>'
        '<data key="x">113</data></node></graph></graphml>'
    )
    drafts = [NetworkDraft(file="city.graphml") for _ in range(2)]
    read_graphml(streets.encode("gbk"), drafts[0])
    read_graphml(streets.replace("GBK", "UTF-8").encode(), drafts[1])
    assert drafts[0] == drafts[1] != NetworkDraft(file="city.graphml")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk"])
def test_tables_of_a_registry_and_traces_may_be_gbk(encoding: str, tmp_path: Path) -> None:
    (tmp_path / "points.csv").write_bytes(
        "id,kind,name,zone\na,room,长沙冷库,frozen".encode(encoding)
    )
    (tmp_path / "sensors.csv").write_bytes("sensor,point\n温度1,a\n".encode(encoding))
    registry = read_registry(tmp_path, now_ms=10**12).registry
    assert registry.points["a"].name == "长沙冷库"
    (tmp_path / "trace.csv").write_bytes("时间,温度\n2026-07-01T08:00:00,-18.5\n".encode(encoding))
    assert [sample.value_c for sample in read_trace(tmp_path / "trace.csv", "温度").samples] == [
        -18.5
    ]


WRITTEN: dict[str, tuple[Importer, str]] = {
    "scenario": (
        read_scenario,
        "schema: coldgrid/scenario/1\ntitle: 暴雪\nbase: .\nkpis: {km: }\n"
        "overrides: {雪: [{slow_traffic: {factor: 1.5}}]}\n"
        "variants: [{name: snow, title: 雪, overrides: [雪]}]\n",
    ),
    "drill": (
        read_drill,
        "schema: coldgrid/drill/1\npeople: {张三: 5}\n"
        'events: [{breakdown: {at: "08:00", vehicle: 湘A}}]\n',
    ),
    "roster": (
        lambda path: load_roster(path, {}),
        "schema: coldgrid/roster/1\nreceivers: {李: {mail: li@example.org}}\notherwise: 李\n",
    ),
    "travel": (
        lambda path: MatrixFile.read(path).index,
        "from,to,distance_m\n长沙,长沙,0\n",
    ),
}


@pytest.mark.parametrize("kind", WRITTEN)
def test_files_that_people_write_may_be_gbk(kind: str, tmp_path: Path) -> None:
    read, text = WRITTEN[kind]
    said = []
    for encoding in ("utf-8", "utf-8-sig", "gbk"):
        (tmp_path / "file").write_bytes(text.encode(encoding))
        said.append(repr(read(tmp_path / "file")))
    assert said[0] == said[1] == said[2]


def test_instances_too_large_for_memory_are_refused(tmp_path: Path) -> None:
    lines = "1,1,1,1\n1,1,1,1,1\n0,0 1,1\n"
    for customers in ("1,1,1 " * 6_000, f"1,1,{DIGITS}", "1e308,-1e308,1"):
        refused(read_instance, tmp_path / "set.dat", f"{lines}{customers}".encode())
    large = "NAME: x\nTYPE: CVRP\nDIMENSION: " + DIGITS
    refused(read_vrplib, tmp_path / "set.vrp", large.encode())


@pytest.mark.parametrize(
    ("head", "nodes", "said"),
    [
        ("DIMENSION: 1000000000", 2, "1e+09 nodes"),
        ("DIMENSION: 2\nVEHICLES: 1000000000", 2, "1e+09 vehicles"),
        ("DIMENSION: 2", 30_000, "30000 nodes"),
    ],
)
def test_routing_instances_are_refused_before_their_distances_are_worked_out(
    head: str, nodes: int, said: str, tmp_path: Path
) -> None:
    rows = [f"{node} {node} {node}" for node in range(1, nodes + 1)]
    lines = ("TYPE: CVRP", head, "EDGE_WEIGHT_TYPE: EUC_2D", "NODE_COORD_SECTION", *rows)
    told = ("DEMAND_SECTION", "1 0", "2 1", "DEPOT_SECTION", "1", "-1", "EOF")
    tracemalloc.start()
    try:
        error = refused(read_vrplib, tmp_path / "set.vrp", "\n".join((*lines, *told)).encode())
        assert tracemalloc.get_traced_memory()[1] < MOST_MEMORY
    finally:
        tracemalloc.stop()
    assert "CG-5001" in str(error)
    assert said in str(error)


FORMULAS = ["=1+1", "+1", "-1", "@x", "\t=1", "\r=1", "\n=1", " =1", *"\uff1d\uff0b\uff0d\uff20"]


@pytest.mark.parametrize("text", FORMULAS)
def test_both_writers_of_tables_disarm_the_same_texts(text: str) -> None:
    assert safe_cell(text) == cells.safe_cell(text) == f"'{text}"
    assert safe_cell(f"x{text}") == cells.safe_cell(f"x{text}") == f"x{text}"


@pytest.mark.parametrize("name", ["=1+1", "#N/A", "@x", "-x"])
def test_a_workbook_keeps_a_formula_as_the_text_that_it_is(name: str, tmp_path: Path) -> None:
    copytree(CITY, tmp_path / "city")
    sites = tmp_path / "city" / "sites.csv"
    head, first, *others = sites.read_text().splitlines()
    row = first.split(",")
    row[head.split(",").index("name")] = name
    sites.write_text("\n".join([head, ",".join(row), *others]))
    problem = read_problem(tmp_path / "city").problem
    (tmp_path / "city.xlsx").write_bytes(write_problem_workbook(problem))
    read = read_problem(tmp_path / "city.xlsx").problem
    assert read.sites[row[0]].name == problem.sites[row[0]].name == name
