"""The house keeps its floors: imports, sizes, names and the lock."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator, Set
from pathlib import Path

import pytest
from importlinter.cli import EXIT_STATUS_SUCCESS, lint_imports
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.architecture.project import LOCK, ROOT, module_name, packages, pyproject, source_files

MOST_LINES = 500
LINES_WITHOUT_A_REASON = 400
REASON = "# Long because"
LINES_NEAR_THE_TOP = 40
NAMES_THAT_SAY_NOTHING = {"utils", "util", "common", "helpers", "helper", "manager", "misc"}

EVERY_FILE = [path for package in packages() for path in source_files(package)]


def _id(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


# --- imports ------------------------------------------------------------------------------------


def test_import_contracts_are_kept(capsys: pytest.CaptureFixture[str]) -> None:
    status = lint_imports(config_filename=str(ROOT / "pyproject.toml"), no_cache=True, no_logo=True)
    assert status == EXIT_STATUS_SUCCESS, capsys.readouterr().out


def test_every_shipped_package_is_under_contract() -> None:
    assert pyproject()["tool"]["importlinter"]["root_packages"] == packages()


def _imported_roots(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield (node.module or "").partition(".")[0]


def test_domain_imports_only_the_standard_library_and_numpy() -> None:
    # The contract in pyproject names libraries to refuse; this also refuses those nobody named.
    allowed = sys.stdlib_module_names | {"numpy", "optimizer"}
    assert _foreign(source_files("optimizer/domain"), allowed) == {}


def _foreign(paths: list[Path], allowed: Set[str]) -> dict[str, list[str]]:
    """Give, for each module that imports what it may not, what that is."""
    found = {_id(path): sorted(set(_imported_roots(path)) - allowed) for path in paths}
    assert found, "no module was looked at"
    return {name: roots for name, roots in found.items() if roots}


def test_third_party_imports_are_declared_dependencies() -> None:
    # A package that is installed only because another needs it may vanish with the next lock.
    module_of = {
        "argon2-cffi": "argon2",
        "fpdf2": "fpdf",
        "paho-mqtt": "paho",
        "prometheus-client": "prometheus_client",
        "pydantic-settings": "pydantic_settings",
        "python-calamine": "python_calamine",
        "python-multipart": "python_multipart",
        "pyyaml": "yaml",
        "sse-starlette": "sse_starlette",
    }
    project = pyproject()["project"]
    # Dask is an extra: its one file imports it where it is asked for, and says so where it is not.
    lines = [*project["dependencies"], *project["optional-dependencies"]["dask"]]
    declared = {
        module_of.get(name, name)
        for name in (canonicalize_name(Requirement(line).name) for line in lines)
    }
    allowed = declared | sys.stdlib_module_names | set(packages())
    assert _foreign(source_files("optimizer") + source_files("api"), allowed) == {}


@pytest.mark.parametrize(
    "module",
    ["optimizer", "api.app", *(module_name(path) for path in source_files("optimizer/domain")[:1])],
)
def test_import_loads_no_heavy_library(module: str) -> None:
    code = (
        f"import sys, {module}\n"
        "print(*sorted({'ortools', 'pyvrp', 'pandas', 'networkx', 'simpy'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert done.stdout.strip() == ""


# --- size and names -----------------------------------------------------------------------------


def test_every_module_is_short_or_says_why_not() -> None:
    assert EVERY_FILE
    for path in EVERY_FILE:
        lines = path.read_text(encoding="utf-8").splitlines()
        assert len(lines) <= MOST_LINES, _id(path)
        if len(lines) > LINES_WITHOUT_A_REASON:
            top = lines[:LINES_NEAR_THE_TOP]
            assert any(line.startswith(REASON) for line in top), (
                f"{_id(path)}, {len(lines)} lines: split it, or say why near its top: {REASON} …"
            )


def test_every_module_name_says_something() -> None:
    names = [module_name(path) for path in EVERY_FILE]
    assert [name for name in names if NAMES_THAT_SAY_NOTHING & set(name.split("."))] == []


# --- lock ---------------------------------------------------------------------------------------


def _locked() -> list[str]:
    """Return each requirement of the lock on one line, its hashes included."""
    joined = LOCK.read_text(encoding="utf-8").replace("\\\n", " ")
    return [line for line in joined.splitlines() if line.strip() and not line.startswith("#")]


def test_lock_names_no_address_and_no_option() -> None:
    text = LOCK.read_text(encoding="utf-8")
    assert not re.search(r"://|file:|@ |^-", text, flags=re.MULTILINE)


def test_lock_pins_and_hashes_every_requirement() -> None:
    requirements = _locked()
    assert requirements
    for line in requirements:
        pin, *hashes = line.split("--hash=")
        assert [spec.operator for spec in Requirement(pin.strip()).specifier] == ["=="], line
        assert hashes, line
        assert all(re.fullmatch(r"sha256:[0-9a-f]{64}", one.strip()) for one in hashes), line


def test_lock_satisfies_the_project_file() -> None:
    pins: dict[str, list[str]] = {}
    for line in _locked():
        pin = Requirement(line.split("--hash=")[0].strip())
        (version,) = (spec.version for spec in pin.specifier)
        pins.setdefault(canonicalize_name(pin.name), []).append(version)
    project = pyproject()["project"]
    for line in project["dependencies"] + project["optional-dependencies"]["dev"]:
        wanted = Requirement(line)
        versions = pins.get(canonicalize_name(wanted.name), [])
        assert versions, f"{line} is not in the lock: make lock"
        assert all(wanted.specifier.contains(version) for version in versions), line
