"""A PostgreSQL server of our own for tests: it listens on a socket in a folder only we can enter.

It runs from the binaries that the machine has, without being installed as a service. Nothing of it
survives the test run: it ends when the process that started it ends, however that happens.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from uuid import uuid4

import psycopg
from psycopg import sql

from api.storage.database import Database

DEBIAN_HOMES = Path("/usr/lib/postgresql")
LONGEST_S = 60
POLL_S = 0.05

# The server refuses to run as root; one of these is there on every Debian.
UNPRIVILEGED = ("postgres", "nobody")

# Test data need not survive a power cut.
FAST = ("fsync=off", "full_page_writes=off", "synchronous_commit=off")

# A child of a shell that reads our pipe: the pipe closes when we are gone, then so is the server.
UNTIL_PIPE_CLOSES = '"$@" & server=$!; read -r _; kill -QUIT "$server"; wait "$server"'

TEMPLATE = sql.Identifier("coldgrid_template")


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Whom the server runs as; ``uid`` is None where that is the one who runs the tests."""

    name: str
    uid: int | None = None
    gid: int | None = None

    @property
    def groups(self) -> list[int] | None:
        return None if self.uid is None else []


class Server:
    """The process that serves a folder of data; it ends when we do, however that happens."""

    def __init__(self, programs: Path, folder: Path, account: Account) -> None:
        self._programs = programs
        self._folder = folder
        self._account = account
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, and wait until it answers."""
        folder, account = self._folder, self._account
        settings = [f"unix_socket_directories={folder}", "listen_addresses=", *FAST]
        options = [word for setting in settings for word in ("-c", setting)]
        command = [f"{self._programs}/postgres", "-D", f"{folder}/data", *options]
        with (folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                ["sh", "-c", UNTIL_PIPE_CLOSES, "sh", *command],
                cwd=folder,
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                # Ctrl-C is for the tests, which then close the pipe.
                start_new_session=True,
                user=account.uid,
                group=account.gid,
                extra_groups=account.groups,
            )
        try:
            _wait_for(self._process, folder, account)
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """End it at once, without a farewell to whoever is connected."""
        if self._process is not None:
            # A line, besides the end of the pipe: a forked child may still hold the other end.
            self._process.communicate(b"\n", timeout=LONGEST_S)
            self._process = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster:
    """A running server, with a template of an up-to-date database in it.

    Parameters
    ----------
    folder
        Where its socket lies.
    """

    folder: Path
    account: Account
    server: Server

    def restart(self) -> None:
        """End the server as a crash does, and start it again on the same data."""
        self.server.stop()
        self.server.start()

    def url(self, name: str) -> str:
        """Give the address of a database for COLDGRID_DATABASE."""
        return f"postgresql+psycopg://{self.account.name}@/{name}?host={self.folder}"

    @contextmanager
    def fresh_database(self, template: sql.Identifier = TEMPLATE) -> Iterator[str]:
        """Give the address of a database with all tables and no row; it is dropped afterwards."""
        name = f"coldgrid_{uuid4().hex}"
        place = sql.Identifier(name)
        self.run(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(place, template))
        try:
            yield self.url(name)
        finally:
            self.run(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(place))

    @contextmanager
    def empty_database(self) -> Iterator[str]:
        """Give the address of a database without any table; it is dropped afterwards."""
        with self.fresh_database(sql.Identifier("template1")) as url:
            yield url

    def run(self, statement: sql.Composed) -> None:
        """Run a statement outside any transaction, as databases are made and dropped."""
        with _connection(self.folder, self.account) as connection:
            connection.execute(statement)


def binaries() -> Path | None:
    """Give the folder with ``initdb`` and ``postgres``; None where PostgreSQL is not installed."""
    on_path = shutil.which("initdb")
    if on_path is not None:
        return Path(on_path).resolve().parent
    found = sorted(DEBIAN_HOMES.glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    return found[-1].parent if found else None


@contextmanager
def running_cluster(programs: Path) -> Iterator[Cluster]:
    """Start a fresh server, and remove it without trace at the end."""
    account = _account()
    folder = Path(tempfile.mkdtemp(prefix="coldgrid-pg-"))
    try:
        if account.uid is not None and account.gid is not None:
            os.chown(folder, account.uid, account.gid)
        _create(programs, folder, account)
        server = Server(programs, folder, account)
        server.start()
        try:
            yield _with_template(Cluster(folder=folder, account=account, server=server))
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder)


def _account() -> Account:
    if os.getuid() != 0:
        return Account(name=pwd.getpwuid(os.getuid()).pw_name)
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    entry = next(known[name] for name in UNPRIVILEGED if name in known)
    return Account(name=entry.pw_name, uid=entry.pw_uid, gid=entry.pw_gid)


def _create(programs: Path, folder: Path, account: Account) -> None:
    words = [f"{programs}/initdb", f"--pgdata={folder}/data", f"--username={account.name}"]
    done = subprocess.run(
        [*words, "--auth=trust", "--encoding=UTF8", "--no-locale", "--no-sync"],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=LONGEST_S,
        check=False,
        user=account.uid,
        group=account.gid,
        extra_groups=account.groups,
    )
    assert done.returncode == 0, f"initdb failed:\n{done.stdout}{done.stderr}"


def _wait_for(server: subprocess.Popen[bytes], folder: Path, account: Account) -> None:
    pause = Event()
    for _ in range(round(LONGEST_S / POLL_S)):
        try:
            _connection(folder, account).close()
        except psycopg.OperationalError:
            pause.wait(POLL_S)
        else:
            return
        assert server.poll() is None, (folder / "log").read_text()
    raise AssertionError((folder / "log").read_text())


def _with_template(cluster: Cluster) -> Cluster:
    cluster.run(sql.SQL("CREATE DATABASE {}").format(TEMPLATE))
    database = Database(cluster.url("coldgrid_template"))
    database.migrate()
    database.close()
    return cluster


def _connection(folder: Path, account: Account) -> psycopg.Connection:
    return psycopg.connect(host=str(folder), user=account.name, dbname="postgres", autocommit=True)
