"""Users, sessions, keys and the audit log mean the same on either database."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier
from typing import Any

import pytest

from api.problem_details import Refusal
from api.security.principal import Role
from api.services.accounts import Accounts, NewUser, UserChange
from api.storage import accounts, audit
from api.storage.accounts import KeyRow, SessionRow, UserRow
from api.storage.audit import LONGEST_SUBJECT, AuditNote
from api.storage.database import Clash, Database
from tests.people import PASSWORD

NOON = datetime(2026, 7, 14, 12, tzinfo=UTC)


def user(name: str, **changes: Any) -> UserRow:
    values: dict[str, Any] = {
        "id": f"user-{name}",
        "name": name,
        "password_hash": "none",
        "role": "admin",
        "vehicle": None,
        "sites": None,
        "failed_logins": 0,
        "locked_until": None,
        "disabled_at": None,
        "created_at": NOON,
        "created_by": "test",
    }
    return UserRow(**values | changes)


def session(digest: str, owner: str, hours: float = 1) -> SessionRow:
    return SessionRow(
        token_digest=digest,
        user=f"user-{owner}",
        csrf_digest="csrf",
        created_at=NOON,
        seen_at=NOON,
        expires_at=NOON + timedelta(hours=hours),
    )


def test_a_user_comes_back_as_it_was_stored(database: Database) -> None:
    wang = user("王小明", role="leader", sites=["P1", "P2"], vehicle="V1", locked_until=NOON)
    with database.write() as tx:
        assert not accounts.any_user(tx)
        accounts.add_user(tx, wang)
        accounts.add_user(tx, user("boss"))
    with database.read() as tx:
        assert accounts.any_user(tx)
        assert accounts.user_named(tx, "王小明") == wang == accounts.user(tx, wang.id)
        assert accounts.all_users(tx) == [user("boss"), wang]
        assert accounts.user(tx, "nobody") is accounts.user_named(tx, "nobody") is None


def test_admins_who_can_log_in_are_counted(database: Database) -> None:
    with database.write() as tx:
        accounts.add_user(tx, user("boss"))
        accounts.add_user(tx, user("gone", disabled_at=NOON))
        accounts.add_user(tx, user("wang", role="driver"))
        assert accounts.enabled_admins(tx) == {"user-boss"}


def test_a_name_is_there_once(database: Database) -> None:
    with database.write() as tx:
        accounts.add_user(tx, user("boss"))
    with pytest.raises(Clash), database.write() as tx:
        accounts.add_user(tx, user("boss", id="user-other"))


def test_the_last_wrong_password_locks_and_counts_anew(database: Database) -> None:
    later = NOON + timedelta(minutes=15)
    with database.write() as tx:
        accounts.add_user(tx, user("boss"))
        for _ in range(2):
            accounts.count_failure(tx, "user-boss", most=3, locked_until=later)
        assert accounts.user(tx, "user-boss") == user("boss", failed_logins=2)
        accounts.count_failure(tx, "user-boss", most=3, locked_until=later)
        assert accounts.user(tx, "user-boss") == user("boss", locked_until=later)
        accounts.count_failure(tx, "user-boss", most=3, locked_until=NOON)
        assert accounts.user(tx, "user-boss") == user("boss", failed_logins=1, locked_until=later)


def test_sessions_are_found_and_end(database: Database) -> None:
    with database.write() as tx:
        accounts.add_user(tx, user("boss"))
        for digest, hours in (("a", 1), ("b", 2), ("c", 3), ("d", 3)):
            accounts.open_session(tx, session(digest, "boss", hours))
        accounts.touch_session(tx, "b", NOON + timedelta(minutes=5))
        accounts.end_session(tx, "d")
        accounts.drop_expired_sessions(tx, NOON + timedelta(hours=1))
    with database.read() as tx:
        assert accounts.session_with_user(tx, "a") is accounts.session_with_user(tx, "d") is None
        found = accounts.session_with_user(tx, "b")
        assert found is not None
        assert found[0].seen_at == NOON + timedelta(minutes=5)
        assert found[1] == user("boss")
    with database.write() as tx:
        accounts.end_sessions_of(tx, "user-boss")
        assert accounts.session_with_user(tx, "c") is None


def test_keys_are_found_by_prefix_and_revoked_once(database: Database) -> None:
    rows = [
        KeyRow(
            id=f"key-{number}",
            name="scanner",
            prefix=f"{number:012x}",
            key_digest="digest",
            role="warehouse",
            scopes=["plans:read"],
            vehicle=None,
            sites=["G1"],
            expires_at=NOON + timedelta(days=90),
            revoked_at=None,
            created_at=NOON + timedelta(minutes=number),
            created_by="test",
        )
        for number in range(2)
    ]
    with database.write() as tx:
        for row in rows:
            accounts.add_key(tx, row)
        assert accounts.key_of_prefix(tx, "000000000001") == rows[1] == accounts.key(tx, "key-1")
        assert accounts.key_of_prefix(tx, "") is accounts.key(tx, "") is None
        assert accounts.all_keys(tx) == rows[::-1]
        for minutes in (5, 10):
            accounts.revoke_key(tx, "key-0", NOON + timedelta(minutes=minutes))
        revoked = accounts.key(tx, "key-0")
    assert revoked is not None
    assert revoked.revoked_at == NOON + timedelta(minutes=5)


def test_two_admins_who_disable_each_other_at_once_leave_one(database: Database) -> None:
    book = Accounts(database, clock=lambda: NOON)
    for name in ("one", "two"):
        book.create_user(NewUser(name=name, password=PASSWORD, role=Role.ADMIN), by="test")
    both = [row.id for row in book.list_users()]
    ready = Barrier(2)

    def disable(id_: str) -> str:
        ready.wait(10)
        try:
            book.change_user(id_, UserChange(values={"disabled": True}))
        except Refusal as refusal:
            return refusal.code
        return "done"

    with ThreadPoolExecutor(2) as threads:
        assert sorted(threads.map(disable, both)) == ["CG-7409", "done"]
    with database.write() as tx:
        assert len(accounts.enabled_admins(tx)) == 1


def test_notes_come_back_the_newest_first(database: Database) -> None:
    def note(number: int) -> AuditNote:
        return AuditNote(
            at=NOON,
            actor=f"user:{number % 2}",
            role="admin",
            action="change_user",
            subject="x" * 1000,
            status=200,
            request_id="request",
            detail={"sites": ["P1"], "disabled": None},
        )

    with database.write() as tx:
        for number in range(5):
            audit.add(tx, note(number))
    with database.read() as tx:
        found = audit.newest(tx, limit=3)
        assert [each.number for each in found] == [5, 4, 3]
        assert found[0].note.subject == "x" * LONGEST_SUBJECT
        assert found[0].note.detail == {"sites": ["P1"], "disabled": None}
        assert [each.number for each in audit.newest(tx, limit=3, before=3)] == [2, 1]
        odd = audit.newest(tx, limit=9, actor="user:1", action="change_user")
        assert [each.number for each in odd] == [4, 2]
        assert audit.newest(tx, limit=9, action="other") == []
