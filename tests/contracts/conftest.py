"""A database of each kind that coldgrid runs on: what holds on one must hold on the other."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from api.storage.database import Database
from telemetry.storage.store import SqlStore, open_store
from tests.database_files import fresh_database, fresh_telemetry
from tests.postgres import Cluster, binaries, running_cluster

SQLITE = "sqlite:///"
Opener = Callable[[], Database]
"""Opens the same database once more, as another process would."""


@pytest.fixture(scope="session")
def postgres_cluster() -> Iterator[Cluster]:
    """Run a PostgreSQL server for the tests of this worker, once one of them asks for it."""
    programs = binaries()
    if programs is None:
        missing = "PostgreSQL is not installed: on Debian and Ubuntu, apt install postgresql"
        if os.environ.get("CI") == "true":
            pytest.fail(missing)
        pytest.skip(missing)
    with running_cluster(programs) as cluster:
        yield cluster


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Give the address of a database with all tables and no row."""
    if request.param == "sqlite":
        yield fresh_database(tmp_path / "coldgrid.db")
        return
    cluster: Cluster = request.getfixturevalue("postgres_cluster")
    with cluster.fresh_database() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgres"])
def empty_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """Give a database without any table."""
    with ExitStack() as stack:
        if request.param == "sqlite":
            url = f"{SQLITE}{tmp_path}/empty.db"
        else:
            cluster: Cluster = request.getfixturevalue("postgres_cluster")
            url = stack.enter_context(cluster.empty_database())
        yield stack.enter_context(closing(Database(url)))


@pytest.fixture
def reopen(database_url: str) -> Iterator[Opener]:
    """Open the test's database as often as a test likes."""
    with ExitStack() as stack:
        yield lambda: stack.enter_context(closing(Database(database_url)))


@pytest.fixture
def database(reopen: Opener) -> Database:
    """Give a database with all tables and no row, once per kind."""
    return reopen()


@pytest.fixture(params=["sqlite", "postgres"])
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Give the address of a telemetry store without any table."""
    if request.param == "sqlite":
        yield f"{SQLITE}{tmp_path}/telemetry.db"
        return
    cluster: Cluster = request.getfixturevalue("postgres_cluster")
    with cluster.empty_database() as url:
        yield url


@pytest.fixture
def store(store_url: str) -> Iterator[SqlStore]:
    """Give an empty telemetry store, once per kind."""
    if store_url.startswith(SQLITE):
        fresh_telemetry(Path(store_url.removeprefix(SQLITE)))
    with closing(open_store(store_url)) as opened:
        yield opened
