"""The audit log cannot be changed by a slip; whoever forces it is found out, on both engines."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from alembic import command
from sqlalchemy.exc import DatabaseError

from api.services.audit_log import AuditLog
from api.storage.audit import AuditNote, add
from api.storage.audit_chain import BEGIN
from api.storage.claim import sole_service
from api.storage.database import Database, migration_config
from tests.contracts.conftest import Opener

NOON = datetime(2026, 7, 14, 12, 0, tzinfo=UTC)
OFF = {
    True: (
        "DROP TRIGGER audit_keeps_its_notes",
        "DROP TRIGGER audit_loses_no_note",
        "DROP TRIGGER audit_replaces_no_note",
    ),
    False: ("ALTER TABLE audit DISABLE TRIGGER ALL",),
}
CHANGES = ("UPDATE audit SET actor = 'user:li'", "DELETE FROM audit WHERE number = 5")
REFUSED = {
    True: (*CHANGES, "INSERT OR REPLACE INTO audit SELECT * FROM audit WHERE number = 5"),
    False: (*CHANGES, "TRUNCATE audit"),
}
TAMPERING = {
    "another actor": ("UPDATE audit SET actor = 'user:li' WHERE number = 3", 3),
    "another detail": ("UPDATE audit SET detail = '{}' WHERE number = 2", 2),
    "one taken out": ("DELETE FROM audit WHERE number = 2", 3),
    "two swapped": ("UPDATE audit SET number = 9 WHERE number = 4", 5),
    "one put in": (
        "INSERT INTO audit (number, at, actor, role, action, subject, status, request_id, detail)"
        " SELECT 0, at, actor, role, action, subject, status, request_id, detail"
        " FROM audit WHERE number = 4",
        0,
    ),
}


def note(number: int) -> AuditNote:
    return AuditNote(
        at=NOON,
        actor=f"user:{number}",
        role="admin",
        action="change_user",
        subject="小区=P1",
        status=200,
        request_id="request",
        detail={"sites": ["P1", None], "limit": 1.5, "disabled": True},
    )


@pytest.fixture
def log(database: Database) -> AuditLog:
    log = AuditLog(database)
    for number in range(1, 6):
        assert log.write(note(number))
    return log


def test_a_log_that_nobody_touched_holds(database: Database) -> None:
    log = AuditLog(database)
    assert (log.check().notes, log.check().head) == (0, BEGIN)
    assert log.write(note(1))
    first = log.check().head
    assert log.write(note(2))
    report = log.check(first)
    assert report.is_whole
    assert (report.notes, report.has_kept_head) == (2, True)


def test_the_database_refuses_to_change_what_stands_there(
    database: Database, log: AuditLog
) -> None:
    head = log.check().head
    for statement in REFUSED[database.is_sqlite]:
        with pytest.raises(DatabaseError, match="append-only"), database.write() as tx:
            tx.exec_driver_sql(statement)
    assert (log.check().notes, log.check().head) == (5, head)


@pytest.mark.parametrize("name", TAMPERING)
def test_who_gets_round_the_database_is_found_at_the_first_note(
    database: Database, log: AuditLog, name: str
) -> None:
    statement, at = TAMPERING[name]
    with database.write() as tx:
        for each in (*OFF[database.is_sqlite], statement):
            tx.exec_driver_sql(each)
    report = log.check()
    assert (report.is_whole, report.broken_at) == (False, at)


def test_a_cut_end_is_found_with_a_head_that_was_kept(database: Database, log: AuditLog) -> None:
    kept = log.check().head
    with database.write() as tx:
        for each in (*OFF[database.is_sqlite], "DELETE FROM audit WHERE number = 5"):
            tx.exec_driver_sql(each)
    assert log.check().is_whole
    report = log.check(kept)
    assert (report.is_whole, report.broken_at, report.has_kept_head) == (False, None, False)


def test_writers_side_by_side_make_one_chain(reopen: Opener) -> None:
    logs = [AuditLog(reopen()) for _ in range(4)]

    def write(log: AuditLog) -> list[bool]:
        return [log.write(note(number)) for number in range(10)]

    with ThreadPoolExecutor(len(logs)) as threads:
        assert all(all(written) for written in threads.map(write, logs))
    report = logs[0].check()
    assert (report.is_whole, report.notes) == (True, 40)


def test_notes_of_an_older_release_are_chained_as_they_stand(
    database: Database, log: AuditLog
) -> None:
    head = log.check().head
    with database.write() as tx:
        command.downgrade(migration_config(tx), "0005")
    database.migrate()
    assert (log.check().is_whole, log.check().head) == (True, head)


def test_a_service_that_holds_its_database_can_append(database: Database) -> None:
    with sole_service(database), database.write() as tx:
        if not database.is_sqlite:
            # Who waits for the service's own claim would wait for ever.
            tx.exec_driver_sql("SET LOCAL lock_timeout = '2s'")
        add(tx, note(1))
