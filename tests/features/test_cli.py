"""The console script as a whole: help, version, refusals, and what it does not load."""

import subprocess
import sys
from importlib.metadata import version

import pytest

from tests.features.command_line import ROOT, SMALL_CITY, coldgrid, coldgrid_script

COMMANDS = (
    "plan", "check", "convert", "schema", "benchmark", "serve", "monitor", "demo", "replay",
    "simulate", "doctor",
)  # fmt: skip
# Not pydantic: typer itself takes it for reading options, where it is installed.
HEAVY = (
    "ortools", "pyvrp", "pandas", "networkx", "shapely", "openpyxl", "jsonschema", "geopy",
    "fastapi", "starlette", "uvicorn", "sqlalchemy", "alembic", "structlog",
    "prometheus_client", "fpdf", "jinja2", "argon2", "paho", "google", "msgspec",
)  # fmt: skip


def test_help_names_every_command() -> None:
    done = coldgrid_script("--help")
    assert done.code == 0
    assert done.err == ""
    assert [name for name in COMMANDS if f"\n  {name} " not in done.out] == []


@pytest.mark.parametrize(
    "words",
    [
        ("plan",),
        ("check",),
        ("convert",),
        ("convert", "bogota"),
        ("schema",),
        ("benchmark",),
        ("benchmark", "routing"),
        ("benchmark", "two-echelon"),
        ("benchmark", "engines"),
        ("serve",),
        ("demo",),
        ("doctor",),
    ],
    ids=" ".join,
)
def test_every_command_has_help_that_fits_80_columns(words: tuple[str, ...]) -> None:
    done = coldgrid(*words, "--help", columns=80)
    assert done.code == 0
    assert max(map(len, done.out.splitlines())) <= 80
    assert f"Usage: coldgrid {' '.join(words)}" in done.out


def test_commands_of_later_issues_are_unknown() -> None:
    assert coldgrid_script("monitor").code == 2


def test_version() -> None:
    assert coldgrid_script("--version").out == f"coldgrid {version('coldgrid')}\n"


def test_without_a_command_it_shows_the_help_and_refuses() -> None:
    done = coldgrid_script()
    assert done.code == 2
    assert done.out == ""
    assert "Commands:" in done.err


@pytest.mark.parametrize(
    ("words", "cause"),
    [
        (("paln",), "No such command 'paln'"),
        (("plan",), "Missing argument 'PROBLEM'"),
        (("plan", "x", "--fast"), "No such option: --fast"),
        (("plan", "x", "--engine", "vroom"), "'vroom' is not one of"),
        (("plan", "x", "--seed", "one"), "--seed"),
        (("plan", "x", "--seed", "-1"), "--seed"),
        (("plan", "x", "--workers", "0"), "--workers"),
        (("plan", "x", "--iterations", "0"), "--iterations"),
        (("plan", "x", "--time-limit", "0"), "--time-limit"),
        (("plan", "x", "--time-limit", "nan"), "--time-limit"),
        (("plan", "x", "--time-limit", "inf"), "--time-limit"),
        (("plan", "x", "--time-limit", "3", "--iterations", "4"), "only one of them"),
        (("schema", "parcel"), "'parcel' is not one of"),
        (("check", "x"), "Missing argument 'PLAN.json'"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else None,
)
def test_usage_errors_are_one_line_and_exit_2(words: tuple[str, ...], cause: str) -> None:
    done = coldgrid(*words)
    assert done.code == 2
    assert done.out == ""
    (line,) = done.complaints()
    assert cause in line
    assert line.endswith("--help.")


@pytest.mark.parametrize("words", [("plan", "nowhere"), ("check", "nowhere", "plan.json")])
@pytest.mark.parametrize("json", [(), ("--json",)])
def test_a_missing_problem_is_one_line_and_exit_2(
    words: tuple[str, ...], json: tuple[str, ...]
) -> None:
    done = coldgrid(*words, *json)
    assert done.code == 2
    assert done.out == ""
    (line,) = done.complaints()
    assert line.startswith("CG-1001 nowhere: ")


def test_help_loads_no_solver_and_no_tables() -> None:
    code = (
        "import sys, api.cli\n"
        "for words in ([], ['plan'], ['serve'], ['demo'], ['doctor']):\n"
        "    api.cli.main([*words, '--help'])\n"
        f"print(*sorted(set({HEAVY!r}) & set(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert done.stderr.strip() == ""


@pytest.mark.parametrize("name", ["problem", "plan"])
def test_schema_is_one_json_document(name: str) -> None:
    done = coldgrid("schema", name)
    assert done.code == 0
    assert done.err == ""
    assert done.document()["$schema"].endswith("2020-12/schema")


def test_the_sample_city_stands_where_the_readme_says() -> None:
    assert SMALL_CITY.is_dir()
