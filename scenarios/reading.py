"""Reads a scenario file, and says everything that is wrong with it at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from optimizer.domain.errors import InputRefused
from optimizer.domain.file_text import text_of
from optimizer.formats.faults import listed, nearest, shown
from scenarios.disturbances import DISTURBANCES
from scenarios.language.kinds import ListOf, Number, Text
from scenarios.language.nodes import FaultLog, Node, parsed
from scenarios.language.shapes import Record
from scenarios.metrics import KPIS
from scenarios.overrides.every import OVERRIDES
from scenarios.overrides.setting import Said
from scenarios.spec import (
    BASELINE,
    DEFAULT_ITERATIONS,
    DEFAULT_KPIS,
    DEFAULT_SEEDS,
    NO_TARGET,
    SCENARIO_SCHEMA,
    VARIATION,
    Hit,
    Scenario,
    Step,
    Target,
    Title,
    Variant,
)
from scenarios.variation import Variation

T = TypeVar("T")
KEYS = (
    "schema", "name", "title", "base", "seeds", "iterations", "kpis", "variation", "overrides",
    "disturbances", "variants",
)  # fmt: skip
VARIANT_KEYS = ("name", "title", "overrides", "disturbances", "variation")
MOST_SEED = 2**31 - 1
SEED = Number(least=0, most=MOST_SEED, whole=True)
ITERATIONS = Number(least=1, most=100_000, whole=True)
PROMISE_KPI = "on_time_share_"


def read_scenario(path: Path) -> Scenario:
    """Read a scenario file.

    Parameters
    ----------
    path
        The file; its ``base`` is relative to it.

    Raises
    ------
    InputRefused
        Every fault, with line and column.
    """
    log = FaultLog()
    try:
        text = text_of(path.read_bytes())
    except OSError as error:
        log.add("CG-1601", path.name, error.strerror or type(error).__name__)
        raise InputRefused(log.faults) from error
    except ValueError as error:
        log.add("CG-1601", path.name, str(error))
        raise InputRefused(log.faults) from error
    return scenario_from_text(text, path.name, folder=path.parent)


def scenario_from_text(text: str, file: str, *, folder: Path | None = None) -> Scenario:
    """Read a scenario.

    Parameters
    ----------
    text
        YAML.
    file
        Name of the file, for faults.
    folder
        What ``base`` is relative to; None leaves it out.

    Raises
    ------
    InputRefused
        Every fault, with line and column.
    """
    log = FaultLog()
    root = parsed(text, file, log)
    if log.faults:
        raise InputRefused(log.faults)
    scenario = _scenario(root, Path(file).stem, folder, log)
    if log.faults:
        raise InputRefused(log.faults)
    return scenario


def _scenario(root: Node, stem: str, folder: Path | None, log: FaultLog) -> Scenario:
    if not root.is_mapping:
        log.add("CG-1604", root.place, "the file is no mapping of keys to values")
        raise InputRefused(log.faults)
    child = root.fields(KEYS)
    schema = child("schema")
    if schema.is_absent or schema.text() != SCENARIO_SCHEMA:
        schema.fault("CG-1606", f"it is not {SCENARIO_SCHEMA}")
    name = child("name").text() or stem
    variation = _variation(child("variation"), Variation())
    steps = {key: _steps(node) for key, node in child("overrides").entries()}
    hits = {key: _hits(node) for key, node in child("disturbances").entries()}
    start = Variant(name=BASELINE, title=Said("baseline", "基线"), variation=variation)
    base = child("base").text()
    return Scenario(
        name=name,
        title=_title(child("title"), name),
        base=None if base is None or folder is None else (folder / base).resolve(),
        variants=(start, *_variants(child("variants"), steps, hits, variation)),
        seeds=_value(child("seeds"), ListOf(SEED), DEFAULT_SEEDS, distinct=True),
        iterations=_value(child("iterations"), ITERATIONS, DEFAULT_ITERATIONS),
        kpis=_kpis(child("kpis")),
    )


def _value(node: Node, kind: Any, default: T, *, distinct: bool = False) -> T:  # noqa: ANN401 - any kind
    if node.is_absent:
        return default
    value = kind.read(node)
    if distinct and value is not None and len(set(value)) < len(value):
        node.fault("CG-1604", "a value stands twice")
    return default if value is None else value


def _title(node: Node, name: str) -> Said:
    """Read a title, one for both languages or one for each."""
    if node.is_mapping:
        title = Record(Title).read(node)
        return Said(name, name) if title is None else Said(title.en, title.zh)
    text = node.text() or name
    return Said(text, text)


def _variation(node: Node, before: Variation) -> Variation:
    read = None if node.is_absent else VARIATION.read(node)
    given: dict[str, Any] = {
        name: int(value) if name.endswith("_s") else value for name, value in (read or {}).items()
    }
    return replace(before, **given) if given else before


def _steps(node: Node) -> tuple[Step, ...]:
    found = []
    for name, item in _named(node, OVERRIDES, "override"):
        change = OVERRIDES[name].read(item)
        if change is not None:
            found.append(Step(name=name, place=item.place, change=change))
    return tuple(found)


def _hits(node: Node) -> tuple[Hit, ...]:
    found = []
    for name, item in _named(node, DISTURBANCES, "disturbance"):
        happening = DISTURBANCES[name].read(item)
        if happening is not None:
            found.append(Hit(name=name, place=item.place, happening=happening))
    return tuple(found)


def _named(node: Node, there: Mapping[str, Record], what: str) -> list[tuple[str, Node]]:
    """Read a list whose items are each one key of those that there are."""
    found = []
    for item in node.items():
        entries = list(item.entries())
        if len(entries) != 1:
            if item.is_mapping:
                item.fault("CG-1604", f"one {what} with its values belongs here")
            continue
        name, value = entries[0]
        if name not in there:
            near = nearest(name, there)
            meant = "" if near is None else f" (did you mean {shown(near)}?)"
            known = listed(there, len(there))
            item.fault("CG-1602", f"there is no {what} {shown(name)}{meant}; there are {known}")
            continue
        found.append((name, value))
    return found


def _variants(
    node: Node,
    steps: Mapping[str, tuple[Step, ...]],
    hits: Mapping[str, tuple[Hit, ...]],
    variation: Variation,
) -> list[Variant]:
    found: dict[str, Variant] = {}
    if node.is_absent:
        node.fault("CG-1603", "a scenario has at least one variant")
    for item in node.items():
        if not item.is_mapping:
            item.fault("CG-1604", "a variant is a mapping with a name")
            continue
        child = item.fields(VARIANT_KEYS)
        name = child("name").text()
        if name is None:
            child("name").fault("CG-1603", "this has no default and is missing")
            continue
        if name in found or name == BASELINE:
            child("name").fault("CG-1608", f"{shown(name)} is taken")
        found[name] = Variant(
            name=name,
            title=_title(child("title"), name),
            steps=_applied(child("overrides"), steps, "overrides"),
            hits=_applied(child("disturbances"), hits, "disturbances"),
            variation=_variation(child("variation"), variation),
        )
    return list(found.values())


def _applied(node: Node, lists: Mapping[str, tuple[T, ...]], what: str) -> tuple[T, ...]:
    """Put the named lists one after the other."""
    names: Sequence[str] = () if node.is_absent else ListOf(Text()).read(node) or ()
    found: list[T] = []
    for name in names:
        if name in lists:
            found.extend(lists[name])
        else:
            near = nearest(name, lists)
            meant = "" if near is None else f" (did you mean {shown(near)}?)"
            node.fault("CG-1607", f"the file names no {what} {shown(name)}{meant}")
    return tuple(found)


def _kpis(node: Node) -> Mapping[str, Target]:
    """Read the names of key figures, alone or with targets."""
    if node.is_absent:
        return dict.fromkeys(DEFAULT_KPIS, NO_TARGET)
    found: dict[str, Target] = {}
    if node.is_mapping:
        for name, item in node.entries():
            target = NO_TARGET if item.is_absent else Record(Target).read(item)
            if _is_kpi(name, item) and target is not None:
                found[name] = target
        return found
    for item in node.items():
        named = item.text()
        if named is not None and _is_kpi(named, item):
            found[named] = NO_TARGET
    return found


def _is_kpi(name: str, node: Node) -> bool:
    # Which promise classes there are, the base alone knows.
    if name in KPIS or name.startswith(PROMISE_KPI):
        return True
    near = nearest(name, KPIS)
    meant = "" if near is None else f" (did you mean {shown(near)}?)"
    node.fault("CG-1609", f"there is no key figure {shown(name)}{meant}: {listed(KPIS, len(KPIS))}")
    return False
