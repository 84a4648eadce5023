"""Storage that somebody else holds: reads go on, and a write waits instead of being lost."""

from __future__ import annotations

import subprocess
import sys
from contextlib import closing
from pathlib import Path
from threading import Event, Thread

from sqlalchemy import text

from api.storage.database import Database

LONGEST_S = 30
HOLDER = """
import sqlite3, sys
store = sqlite3.connect(sys.argv[1], isolation_level=None)
store.execute("BEGIN IMMEDIATE")
print("held", flush=True)
sys.stdin.readline()
store.execute("COMMIT")
"""


def test_reads_go_on_and_a_write_waits_until_the_lock_is_given_back(tmp_path: Path) -> None:
    file, is_kept = tmp_path / "slow.db", Event()
    with closing(Database(f"sqlite:///{file}")) as database:
        with database.write() as tx:
            tx.execute(text("CREATE TABLE kept (value INTEGER)"))

        def write() -> None:
            with database.write() as tx:
                tx.execute(text("INSERT INTO kept VALUES (1)"))
            is_kept.set()

        def count() -> int:
            with database.read() as tx:
                return int(tx.execute(text("SELECT count(*) FROM kept")).scalar_one())

        words = [sys.executable, "-c", HOLDER, str(file)]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
        with subprocess.Popen(words, text=True, **pipes) as holder:  # type: ignore[call-overload]
            assert holder.stdout.readline() == "held\n"
            writer = Thread(target=write)
            writer.start()
            assert not is_kept.wait(0.2)
            assert count() == 0, "a read waits for nobody"
            holder.communicate("now\n", LONGEST_S)
            writer.join(LONGEST_S)
        assert is_kept.is_set()
        assert count() == 1
