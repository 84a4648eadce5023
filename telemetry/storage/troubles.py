"""Why a database does not answer, in words that say where to look; asked by ``api.storage`` too."""

from __future__ import annotations

import os
from pathlib import Path

from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

SQLITE_SAYS = {
    "database is locked": "another program holds its write lock and does not let go",
    "file is not a database": "the file is no SQLite database",
    "malformed": "the file is damaged; bring back a backup",
    "disk is full": "the disk is full",
    "readonly database": "the file may not be written by this user",
    "disk I/O error": "the disk gives errors",
}
"""What is in SQLite's sentences, and what it means to an operator."""


def cause_of(url: URL, error: Exception) -> str:
    """Say in one line why a database does not answer.

    Parameters
    ----------
    url
        Its address.
    error
        What the library raised.
    """
    if isinstance(error, PoolTimeout):
        return "all connections are in use; more is asked at once than it can answer"
    said = " ".join(str(error.orig if isinstance(error, DBAPIError) else error).split())
    if url.get_backend_name() != "sqlite":
        return said
    for sign, meaning in SQLITE_SAYS.items():
        if sign in said:
            return f"{meaning} ({said})"
    trouble = place_trouble(Path(str(url.database)))
    return said if trouble is None else f"{trouble} ({said})"


def place_trouble(file: Path) -> str | None:
    """Say why a file cannot be written where it is to lie; None where it can be."""
    folder = file.absolute().parent
    if not folder.is_dir():
        return f"the folder {folder} does not exist"
    if file.is_dir():
        return f"{file} is a folder"
    if not os.access(folder, os.W_OK | os.X_OK):
        return f"this user may not write in {folder}"
    if file.exists() and not os.access(file, os.R_OK | os.W_OK):
        return f"this user may not read and write {file}"
    return None
