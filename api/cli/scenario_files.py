"""From the words a person types to scenarios with their bases, and results to files."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from msgspec import DecodeError

from api.cli.outcome import cannot_write
from api.cli.problem_input import open_problem
from optimizer.domain.errors import ColdgridError, InputRefused
from scenarios.applying import Base, faults_on
from scenarios.catalogue import catalogue_path
from scenarios.load_check import LoadQuestion
from scenarios.reading import read_scenario
from scenarios.report import Language, page
from scenarios.results import RESULT_SCHEMA, ScenarioResult, result_bytes, result_from_bytes
from scenarios.run import Asked
from scenarios.spec import BASELINE, Scenario

ENDINGS = (".yaml", ".yml")


def opened(files: Sequence[str], base: Path | None) -> list[Asked]:
    """Read scenario files and open each base once.

    Parameters
    ----------
    files
        Paths, or names of the catalogue.
    base
        Used instead of what the files say.

    Raises
    ------
    InputRefused
        All faults of the first file that has any.
    ColdgridError
        A file has no base, or two scenarios have one name.
    """
    bases: dict[Path, Base] = {}
    found = [_asked(_file(name), base, bases) for name in files]
    names = [one.scenario.name for one in found]
    twice = {name for name in names if names.count(name) > 1}
    if twice:
        raise ColdgridError("CG-1608", f"two of the files are called {', '.join(sorted(twice))}")
    return found


def _file(name: str) -> Path:
    """Find a file, or a scenario of the catalogue."""
    path = Path(name)
    if path.suffix.lower() in ENDINGS or path.exists():
        return path
    known = catalogue_path(name)
    if known is None:
        raise ColdgridError("CG-1615", f"{name}: no file and no scenario of the catalogue")
    return known


def _asked(file: Path, base: Path | None, bases: dict[Path, Base]) -> Asked:
    scenario = read_scenario(file)
    where = _base_of(scenario, base)
    if where not in bases:
        given = open_problem(where)
        bases[where] = Base(problem=given.problem, travel=given.travel)
    faults = faults_on(scenario, bases[where])
    if faults:
        raise InputRefused(faults)
    return Asked(scenario=scenario, base=bases[where])


def _base_of(scenario: Scenario, base: Path | None) -> Path:
    where = base.resolve() if base is not None else scenario.base
    if where is None:
        raise ColdgridError("CG-1613", f"{scenario.name}: no base")
    return where


def load_questions(
    path: Path, base: Path | None, *, iterations: int, seed: int, on_time: float
) -> dict[str, LoadQuestion]:
    """Give the question of a load check for a problem, or for every variant of a scenario."""
    if path.suffix.lower() in ENDINGS or not path.exists():
        (asked,) = opened([str(path)], base)
        variants = {one.name: one.steps for one in asked.scenario.variants}
        start = asked.base
    else:
        given = open_problem(path)
        start = Base(problem=given.problem, travel=given.travel)
        variants = {BASELINE: ()}
    return {
        name: LoadQuestion(
            base=start, steps=steps, iterations=iterations, seed=seed, on_time=on_time
        )
        for name, steps in variants.items()
    }


def open_result(path: Path) -> ScenarioResult:
    """Read a result that a run has written.

    Raises
    ------
    ColdgridError
        The file cannot be read, or is another document.
    """
    try:
        result = result_from_bytes(path.read_bytes())
    except OSError as error:
        raise ColdgridError("CG-1616", f"{path}: {error.strerror or error}") from error
    except (DecodeError, UnicodeDecodeError) as error:
        raise ColdgridError("CG-1616", f"{path}: {error}") from error
    if result.schema != RESULT_SCHEMA:
        raise ColdgridError("CG-1616", f"{path}: schema {result.schema!r}")
    return result


def result_file(result: ScenarioResult, folder: Path) -> Path:
    """Give where the result of a scenario is written; its page lies beside it."""
    return folder / f"{result.scenario}.json"


def write_result(result: ScenarioResult, folder: Path, language: Language) -> None:
    """Write a result as ``<name>.json`` and its page as ``<name>.html``.

    Raises
    ------
    ColdgridError
        The folder may not be written to.
    """
    file = result_file(result, folder)
    _write_whole(file, result_bytes(result))
    write_page(result, file.with_name(f"{result.scenario}.html"), language)


def write_page(result: ScenarioResult, file: Path, language: Language) -> None:
    """Write the page of a result.

    Raises
    ------
    ColdgridError
        The file may not be written.
    """
    _write_whole(file, page(result, language).encode())


def _write_whole(file: Path, content: bytes) -> None:
    """Write a file so that whoever reads it finds all of it, or what was there before."""
    part = file.with_name(f".{file.name}.{os.getpid()}.part")
    try:
        try:
            part.write_bytes(content)
            part.replace(file)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        raise cannot_write(error) from error
