"""Is the database there, whole, writable and up to date, and may the service listen with it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from api.security.open_mode import may_listen
from api.services.doctor_words import Finding, failed, fine, warned
from api.settings import Settings
from api.storage import accounts, upkeep
from api.storage.database import Database, DatabaseUnavailable, Transaction
from telemetry.storage.troubles import place_trouble

LEAST_FREE_BYTES = 1 << 30
"""Below one gibibyte of free disk space the operator should know."""


def examine(settings: Settings) -> Iterator[Finding]:
    """Look at the database that the settings name, without creating or changing it.

    Parameters
    ----------
    settings
        Where the database is, and where the service would listen.
    """
    try:
        database = Database(settings.database)
    except DatabaseUnavailable as error:
        mend = "Set COLDGRID_DATABASE to sqlite:///FILE or postgresql+psycopg://USER@HOST/NAME."
        if isinstance(error.__cause__, ImportError):
            mend = "PostgreSQL needs postgresql+psycopg:// and: pip install 'coldgrid[postgres]'."
        yield failed("database", str(error), mend)
        return
    with closing(database):
        file = Path(str(database.url.database)) if database.is_sqlite else None
        if file is not None:
            yield _space(file)
        if file is not None and not file.exists():
            yield _to_be_created(file)
            yield _listening(settings, users_exist=False)
            return
        yield from _opened(database, settings)


def _opened(database: Database, settings: Settings) -> Iterator[Finding]:
    try:
        with database.write() as tx:
            writable = upkeep.is_writable(tx)
        # Looking through a large file takes a while, during which others may want to write.
        with database.read() as tx:
            yield _answers(database, writable=writable)
            yield from _standing(database, tx)
            tables = upkeep.revision(tx) is not None
            users_exist = tables and accounts.any_user(tx)
    except DatabaseUnavailable as error:
        mend = "Start the server, or correct COLDGRID_DATABASE."
        if database.is_sqlite:
            mend = "Correct the place or its rights, end what holds the file, or restore a backup."
        yield failed("database", str(error), mend)
        return
    yield _listening(settings, users_exist=users_exist)


def _answers(database: Database, *, writable: bool) -> Finding:
    if writable:
        return fine("database", f"{database.name} answers and can be written")
    cause = f"{database.name} answers and takes no changes"
    return failed("database", cause, "Use the primary server, not a copy that only reads.")


def _standing(database: Database, tx: Transaction) -> Iterator[Finding]:
    yield _migrations(upkeep.revision(tx), upkeep.newest_revision(tx))
    if database.is_sqlite:
        yield _journal(upkeep.journal_mode(tx))
        yield _damages(upkeep.damages(tx))


def _migrations(stands_at: str | None, newest: str | None) -> Finding:
    if stands_at == newest:
        return fine("tables", f"up to date ({newest})")
    if stands_at is None:
        return fine("tables", "not there yet; coldgrid serve creates them")
    return warned(
        "tables",
        f"they stand at {stands_at}, this coldgrid at {newest}",
        "Make a backup; then coldgrid serve brings them up to date.",
    )


def _journal(mode: str) -> Finding:
    if mode == "wal":
        return fine("journal", "write-ahead log")
    return failed(
        "journal",
        f"the file system allows {mode} only, so readers and writers stop each other",
        "Put the file on a local disk; network folders cannot do it.",
    )


def _damages(found: list[str]) -> Finding:
    if not found:
        return fine("integrity", "no damage found")
    return failed("integrity", "; ".join(found), "Stop the service and restore a backup.")


def _space(file: Path) -> Finding:
    folder = next(each for each in file.absolute().parents if each.is_dir())
    free = shutil.disk_usage(folder).free
    shown = f"{free / LEAST_FREE_BYTES:.1f} GiB free where the database lies"
    if free < LEAST_FREE_BYTES:
        return warned("disk", shown, "Make room, or move the database.")
    return fine("disk", shown)


def _to_be_created(file: Path) -> Finding:
    trouble = place_trouble(file)
    if trouble is not None:
        return failed("database", trouble, "Create the folder, or correct COLDGRID_DATABASE.")
    return fine("database", f"{file} is not there yet; coldgrid serve creates it")


def _listening(settings: Settings, *, users_exist: bool) -> Finding:
    if not may_listen(settings.host, users_exist):
        return failed(
            "users",
            f"there are none, and COLDGRID_HOST is {settings.host}",
            "Add one first: coldgrid user add NAME --role admin; or serve on 127.0.0.1.",
        )
    if users_exist:
        return fine("users", "people log in")
    return fine("users", "none: this machine's own people act as admin")
