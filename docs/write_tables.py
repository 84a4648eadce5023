"""Write the tables that repeat what the code says: ``python docs/write_tables.py``.

A table stands between ``<!-- table: NAME -->`` and ``<!-- end of table -->``. A test fails when a
document differs from what this would write.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from pathlib import Path

from api.cli.bogota_constants import CONSTANTS
from api.security.access import ACCESS
from api.security.principal import Role
from api.service_errors import ALL_ERRORS
from api.settings import setting_rows
from optimizer.check.codes import CODES
from optimizer.check.kpis import KPIS

ROOT = Path(__file__).resolve().parents[1]
TABLE = re.compile(r"(<!-- table: (\w+) -->\n)(.*?)(<!-- end of table -->)", flags=re.DOTALL)


def _rows(header: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    head = list(header)
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _errors() -> str:
    rows = ([code, e.title, e.cause, e.action] for code, e in ALL_ERRORS.items())
    return _rows(("code", "title", "cause", "action"), rows)


def _violations() -> str:
    rows = ([f"`{n}`", code.meaning, code.unit.replace("C", "°C")] for n, code in CODES.items())
    return _rows(("code", "meaning", "amount in"), rows)


def _kpis() -> str:
    return _rows(("figure", "meaning"), ([f"`{name}`", text] for name, text in KPIS.items()))


def _constants() -> str:
    rows = (
        [f"`--{name.replace('_', '-')} {c.metavar}`", c.help.rstrip("."), c.default]
        for name, c in CONSTANTS.items()
    )
    return _rows(("option", "meaning", "default"), rows)


def _settings() -> str:
    rows = ([f"`{name}`", *rest] for name, *rest in setting_rows())
    return _rows(("variable", "meaning", "allowed", "default"), rows)


def _access() -> str:
    """Give a row per route and a column per role; what has no row is denied to everybody."""
    roles = list(Role)
    rows = (
        [f"`{operation}`", *("yes" if role in rule.roles else "" for role in roles),
         f"`{rule.scope.value}`"]
        for operation, rule in ACCESS.items()
    )  # fmt: skip
    return _rows(("route", *(role.value for role in roles), "scope of a key"), rows)


TABLES: dict[str, Callable[[], str]] = {
    "errors": _errors,
    "violations": _violations,
    "kpis": _kpis,
    "constants": _constants,
    "access": _access,
    "settings": _settings,
}


def written(text: str) -> str:
    """Give a document with its tables as the code has them today."""
    return TABLE.sub(lambda match: f"{match[1]}\n{TABLES[match[2]]()}\n{match[4]}", text)


def main() -> None:
    """Write the tables of all documents."""
    for path in (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))):
        text = path.read_text(encoding="utf-8")
        path.write_text(written(text), encoding="utf-8")


if __name__ == "__main__":
    main()
