"""The documents keep their word: their commands run, and their tables are those of the code."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields
from pathlib import Path
from string import Template
from threading import Event
from typing import Any
from xml.etree import ElementTree

import httpx2
import pytest

from docs.write_tables import TABLES, written
from optimizer.domain.network import SiteKind
from optimizer.domain.objective import CostBreakdown
from optimizer.domain.plan import UnservedReason
from optimizer.formats.geojson import plan_geojson
from optimizer.formats.problem_reading import read_problem
from optimizer.formats.raw import COLUMNS
from optimizer.formats.settings import KEYS
from tests import cases
from tests.features.command_line import LONGEST_S, ROOT, SMALL_CITY, Done, coldgrid
from tests.running import NO_TLS, running

DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
PACKAGE_DECISIONS = [ROOT / name / "README.md" for name in ("api", "optimizer", "telemetry")]

SHORTER = [
    # Documents show what a person would type; these limits stand in for theirs while testing.
    (r"--time-limit \d+", "--time-limit 0.3"),
    (r"--seeds \d+", "--seeds 1"),
    (r"--iterations \d+", "--iterations 5"),
    # More workers are more processes, each of which loads the solvers anew.
    (r"^(coldgrid plan (?!.*--workers).*)$", r"\1 --workers 1"),
    (r"COLDGRID_DATA/two_echelon", "COLDGRID_DATA/two_echelon/instances/Set2a_E-n22-k4-s6-17.dat"),
    (r"COLDGRID_DATA/single_echelon", "COLDGRID_DATA/single_echelon/X-n200-k36.vrp"),
    (r"COLDGRID_DATA/multi_trip", "COLDGRID_DATA/multi_trip/C201R0.25.vrp"),
    (r'"\$COLDGRID_DATA/city"', "data/samples/small_city"),
    # An answer that is a refusal is an exit status.
    (r"^curl ", "curl --fail-with-body "),
    # tests/features/test_cli_serve.py runs it whole; here its words are read.
    (r"^(coldgrid demo .*)$", r"\1 --help"),
]
RUN = ("coldgrid", "cp", "sed", "cmp", "export", "curl")
NEEDS_DATA = "$COLDGRID_DATA"
NEEDS_SERVICE = "$at"
AT_WORK = {"queued", "running"}
LOOK_EVERY_S = 0.1
LOOKS = 3000
ASSIGNMENT = re.compile(r"[a-z]+=")
EXIT_STATUS = re.compile(r"\s+# exit status (\d)$")


def _id(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def _blocks(path: Path, language: str) -> list[str]:
    text = path.read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```", text, flags=re.MULTILINE | re.DOTALL)


def _commands(block: str) -> list[str]:
    joined = block.replace("\\\n", " ")
    return [line[2:].strip() for line in joined.splitlines() if line.startswith("$ ")]


def _table_cells(path: Path, column: int) -> list[str]:
    """Give the words set as code in one column of all tables of a document."""
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in path.read_text(encoding="utf-8").splitlines()
        if line.startswith("|")
    ]
    cells = [row[column] for row in rows if len(row) > column]
    return [word for cell in cells for word in re.findall(r"`([^`]+)`", cell)]


# --- commands -----------------------------------------------------------------------------------


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A place that looks like the checkout to commands that write into build/."""
    shutil.copytree(ROOT / "data" / "samples", tmp_path / "data" / "samples")
    (tmp_path / "build").mkdir()
    return tmp_path


def _run(command: str, folder: Path, variables: Mapping[str, str]) -> None:
    expected = EXIT_STATUS.search(command)
    shortened = EXIT_STATUS.sub("", command)
    for pattern, replacement in SHORTER:
        shortened = re.sub(pattern, replacement, shortened)
    wanted = int(expected[1]) if expected else 0
    done = _done(shortened, folder, variables)
    assert done.code == wanted, f"{shortened}\n{done.out}{done.err}"


def _done(command: str, folder: Path, variables: Mapping[str, str]) -> Done:
    """Run what a shell would run, coldgrid itself in this process: it loads the solvers once."""
    program, *words = shlex.split(command)
    if program == "coldgrid":
        return coldgrid(*(Template(word).substitute(variables) for word in words), cwd=folder)
    done = subprocess.run(
        ["bash", "-c", command],
        cwd=folder,
        env=os.environ | dict(variables),
        capture_output=True,
        text=True,
        timeout=LONGEST_S,
        check=False,
    )
    return Done(code=done.returncode, out=done.stdout, err=done.stderr)


def _make_targets() -> set[str]:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    return set(re.findall(r"^([a-z]+):", makefile, flags=re.MULTILINE))


@pytest.mark.parametrize("document", DOCUMENTS, ids=_id)
def test_every_command_shown_is_one_we_know(document: Path) -> None:
    for block in _blocks(document, "console"):
        commands = _commands(block)
        assert commands, f"a console block without a command:\n{block}"
        for command in commands:
            program, *words = command.split()
            if program == "make":
                assert words[0] in _make_targets(), command
            else:
                assert program in RUN or ASSIGNMENT.match(program), command


@pytest.mark.parametrize("document", DOCUMENTS, ids=_id)
def test_commands_run_in_the_order_shown(document: Path, checkout: Path) -> None:
    for block in _blocks(document, "console"):
        if NEEDS_DATA in block or NEEDS_SERVICE in block:
            continue
        for command in _commands(block):
            if not command.startswith("make "):
                _run(command, checkout, {})


DATA_BLOCKS = [
    pytest.param(block, id=f"{_id(document)}-{_commands(block)[0].split()[1]}")
    for document in DOCUMENTS
    for block in _blocks(document, "console")
    if NEEDS_DATA in block
]


@pytest.mark.parametrize("block", DATA_BLOCKS)
def test_commands_run_on_real_data(block: str, checkout: Path, data_dir: Path) -> None:
    for command in _commands(block):
        _run(command, checkout, {"COLDGRID_DATA": str(data_dir.resolve())})


CONVERSATIONS = [
    document
    for document in DOCUMENTS
    if any(NEEDS_SERVICE in block for block in _blocks(document, "console"))
]


def _said_to_the_service() -> Iterator[str]:
    for document in CONVERSATIONS:
        for block in _blocks(document, "console"):
            if NEEDS_SERVICE in block:
                yield from _commands(block)


def _items(service: httpx2.Client, path: str) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = service.get(path).json()["items"]
    return items


def _quiet(service: httpx2.Client) -> Iterator[tuple[str, str]]:
    """Wait, with a bound, until no job works; give what a person would copy from answers."""
    pause, looks = Event(), 0
    while any(job["state"] in AT_WORK for job in _items(service, "/v1/jobs")):
        assert looks < LOOKS, "jobs still work"
        pause.wait(LOOK_EVERY_S)
        looks += 1
    jobs = _items(service, "/v1/jobs")
    assert all(job["state"] == "succeeded" for job in jobs), jobs
    for kind, found in (("job", jobs), ("plan", _items(service, "/v1/plans"))):
        for newest in found[:1]:
            yield kind, newest["id"]


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_a_service_that_is_told_what_the_documents_say_does_it(checkout: Path) -> None:
    known = {"city": "data/samples/small_city"}
    with (
        running("serve", "--port", 0, folder=checkout) as service,
        httpx2.Client(base_url=service.address, timeout=LONGEST_S, verify=NO_TLS) as client,
    ):
        known["at"] = f"{service.address}/v1"
        for command in _said_to_the_service():
            told = command
            for kind, identity in _quiet(client):
                told = re.sub(rf"\b{kind}-[0-9a-f]+…", identity, told)
            assert "…" not in told, command
            if ASSIGNMENT.match(told):
                known = dict(word.split("=", 1) for word in shlex.split(told)) | known
            else:
                _run(told, checkout, known)
        state = client.get(f"/v1/plans/{known['plan']}").json()["state"]
    assert state == "published"


def test_make_demo_runs_the_command_of_that_name_with_options_that_it_has() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    (recipe,) = re.findall(r"^demo:.*\n((?:\t.*\n)+)", makefile, flags=re.MULTILINE)
    assert "$(BIN)/coldgrid demo " in recipe
    (examples,) = re.findall(r"^# For example (.*);", makefile, flags=re.MULTILINE)
    offered = re.findall(r"--[a-z-]+", coldgrid("demo", "--help").out)
    named = re.findall(r"--[a-z-]+", f"{recipe} {examples}")
    assert named
    assert _missing(named, offered) == []


def test_the_readme_shows_output_of_today() -> None:
    (shown, *_) = _blocks(ROOT / "README.md", "text")
    labels = [line.split("  ")[0] for line in shown.splitlines() if line and line[0].isalpha()]
    assert shown.startswith(read_problem(SMALL_CITY).problem.id)
    for label in ("objective", "served", "on time", "vehicles", "kilometres", "plan", "map"):
        assert label in labels, f"README.md: the pasted output of make demo has no {label!r}"
    assert max(map(len, shown.splitlines())) <= 100


# --- tables that mirror the code ----------------------------------------------------------------


def _missing(wanted: Iterable[str], found: Iterable[str]) -> list[str]:
    return sorted(set(wanted) - set(found))


def test_every_reason_for_an_unserved_line_is_explained() -> None:
    cells = _table_cells(ROOT / "docs" / "dispatcher.md", 0)
    reasons = [reason.value for reason in UnservedReason]
    assert _missing(reasons, cells) == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=_id)
def test_tables_are_those_of_the_code(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    assert text == written(text), "run: python docs/write_tables.py"


def test_every_table_of_the_code_stands_in_a_document() -> None:
    text = "".join(document.read_text(encoding="utf-8") for document in DOCUMENTS)
    assert [name for name in TABLES if text.count(f"<!-- table: {name} -->") != 1] == []


def test_every_column_is_explained() -> None:
    text = (ROOT / "docs" / "problem.md").read_text(encoding="utf-8")
    for table, columns in COLUMNS.items():
        start = text.index(f"\n## `{table}.csv`\n")
        section = text[start : text.index("\n## ", start + 10)]
        assert _missing(columns, re.findall(r"`([a-z_]+)`", section)) == [], table


def test_every_settings_key_is_explained() -> None:
    assert _missing(KEYS, _table_cells(ROOT / "docs" / "problem.md", 0)) == []


def test_every_part_of_the_objective_is_explained() -> None:
    text = (ROOT / "docs" / "planner.md").read_text(encoding="utf-8")
    for part in fields(CostBreakdown):
        assert f"\n| {part.name.replace('_', ' ')} |" in text


def test_every_option_of_plan_is_listed() -> None:
    offered = re.findall(r"--[a-z-]+", coldgrid("plan", "--help").out)
    listed = [word.split()[0] for word in _table_cells(ROOT / "README.md", 0)]
    assert _missing(offered, [*listed, "--help"]) == []


# --- links and the map --------------------------------------------------------------------------


@pytest.mark.parametrize("document", [*DOCUMENTS, *PACKAGE_DECISIONS], ids=_id)
def test_links_lead_somewhere(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)]+)\)", text):
        if "://" in target:
            continue
        file, _, heading = target.partition("#")
        path = (document.parent / file).resolve() if file else document
        assert path.exists(), target
        if heading:
            slugs = [
                re.sub(r"[^\w -]", "", title).strip().lower().replace(" ", "-")
                for title in re.findall(
                    r"^#+ (.+)$", path.read_text(encoding="utf-8"), flags=re.MULTILINE
                )
            ]
            assert heading in slugs, target


def _words(svg: Path) -> set[str | None]:
    drawing = ElementTree.parse(svg).getroot()
    return {text.text for text in drawing.iter("{http://www.w3.org/2000/svg}text")}


def test_the_map_is_drawn_from_a_plan(tmp_path: Path) -> None:
    problem = cases.tiny_problem()
    source, target = tmp_path / "plan.geojson", tmp_path / "map.svg"
    source.write_text(json.dumps(plan_geojson(problem, cases.tiny_plan(problem))), encoding="utf-8")
    script = ROOT / "docs" / "draw_map.py"
    subprocess.run([sys.executable, script, source, target], check=True, timeout=60)
    pickups = {site.id for site in problem.sites_of(SiteKind.PICKUP)}
    assert pickups | {"central warehouse"} <= _words(target)


def test_the_map_shown_is_that_of_the_sample() -> None:
    problem = read_problem(SMALL_CITY).problem
    pickups = {site.id for site in problem.sites_of(SiteKind.PICKUP)}
    assert pickups <= _words(ROOT / "docs" / "small_city.svg")
