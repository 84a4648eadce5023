"""``coldgrid audit``: whether the audit log is as it was written."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.options import AsJson
from api.cli.outcome import Outcome

if TYPE_CHECKING:
    from api.storage.audit_chain import ChainReport

DIGEST = re.compile(r"[0-9a-f]{64}")

audit = typer.Typer(help="Check that nobody tampered with the audit log.")


@audit.callback()
def _alone() -> None:
    """Check that nobody tampered with the audit log."""


def _digest(text: str | None) -> str | None:
    if text is not None and not DIGEST.fullmatch(text):
        raise typer.BadParameter("a head has 64 hexadecimal digits, as coldgrid audit prints it")
    return text


@audit.command("verify")
def verify(
    head: Annotated[
        str | None,
        typer.Option(
            metavar="DIGEST",
            callback=_digest,
            help="A head that was printed before and kept elsewhere; it must still be there.",
            show_default=False,
        ),
    ] = None,
    as_json: AsJson = False,
) -> int:
    """Recompute the chain of digests. Exit status 1 says that the log was tampered with.

    Keep the printed head on another machine: only with it is a cut end, or a chain that was
    written anew as a whole, found.
    """
    from dataclasses import asdict

    from api.cli.terminal import print_json
    from api.services.audit_log import AuditLog
    from api.settings import Settings
    from api.storage.database import Database

    database = Database(Settings().database)
    try:
        database.migrate()
        report = AuditLog(database).check(head)
    finally:
        database.close()
    if as_json:
        print_json({"whole": report.is_whole, **asdict(report)})
    else:
        _show(report)
    return Outcome.DONE if report.is_whole else Outcome.NO


def _show(report: ChainReport) -> None:
    if report.broken_at is not None:
        print(f"tampered: note {report.broken_at} does not follow from those before it")
    if report.has_kept_head is False:
        print("tampered: the head that was kept is not in the chain any more")
    print(f"notes  {report.notes} that hold")
    print(f"head   {report.head}")
