"""``coldgrid user`` and ``coldgrid key``: the first admin is made at the machine."""

from __future__ import annotations

import getpass
import io
import json
import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from starlette.datastructures import Headers

from api.cli import main
from api.security.gate import Asked, Visitor
from api.settings import Settings
from api.wiring import Wiring, wire
from tests.people import PASSWORD


class Machine:
    """A machine with a database, at which commands are typed."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
        self._monkeypatch = monkeypatch
        self._capsys = capsys

    def type(self, *words: str, pipe: str | None = None) -> tuple[int, str, str]:
        """Give exit status and both streams of one command."""
        if pipe is not None:
            self._monkeypatch.setattr(sys, "stdin", io.StringIO(pipe))
        status = main(list(words))
        shown = self._capsys.readouterr()
        return status, shown.out, shown.err

    def add(self, name: str, role: str, *more: str) -> tuple[int, str, str]:
        return self.type(
            "user", "add", name, "--role", role, *more, "--password-stdin", pipe=f"{PASSWORD}\n"
        )

    def wiring(self) -> Wiring:
        return wire(Settings())


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> Machine:
    monkeypatch.setenv("COLDGRID_DATABASE", f"sqlite:///{tmp_path}/coldgrid.db")
    return Machine(monkeypatch, capsys)


def test_the_first_admin_is_made_at_the_machine_and_can_log_in(machine: Machine) -> None:
    status, out, _ = machine.add("Boss", "admin")
    assert (status, out) == (0, "boss, admin: added\n")
    wiring = machine.wiring()
    try:
        opened = wiring.log_ins.log_in("boss", PASSWORD, address=None)
        assert opened.principal.name == "user:boss"
    finally:
        wiring.database.close()


def test_the_first_user_has_to_be_an_admin(machine: Machine) -> None:
    status, out, err = machine.add("wang", "driver")
    assert (status, out) == (2, "")
    assert err.startswith("CG-7409 the first user has to be an admin. ")


def test_a_password_is_never_an_argument(machine: Machine) -> None:
    status, _, err = machine.type("user", "add", "boss", "--role", "admin", "--password", PASSWORD)
    assert status == 2
    assert "--password" in err


def test_without_a_terminal_the_pipe_has_to_be_asked_for(machine: Machine) -> None:
    status, _, err = machine.type("user", "add", "boss", "--role", "admin", pipe=PASSWORD)
    assert status == 2
    assert "--password-stdin" in err


@pytest.mark.parametrize(("second", "status"), [(PASSWORD, 0), ("something else", 2)])
def test_on_a_terminal_it_is_typed_twice_and_unseen(
    machine: Machine, monkeypatch: pytest.MonkeyPatch, second: str, status: int
) -> None:
    typed = iter([PASSWORD, second])
    monkeypatch.setattr(getpass, "getpass", lambda _: next(typed))
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    done, out, err = machine.type("user", "add", "boss", "--role", "admin")
    assert done == status
    assert PASSWORD not in out + err


def test_users_are_listed_disabled_enabled_and_given_passwords(machine: Machine) -> None:
    machine.add("boss", "admin")
    machine.add("zhao", "leader", "--site", "P1", "--site", "P2")
    assert machine.type("user", "disable", "ZHAO")[:2] == (0, "ZHAO: disabled\n")
    listed = json.loads(machine.type("user", "list", "--json")[1])["items"]
    assert [(row["name"], row["sites"]) for row in listed] == [
        ("boss", None),
        ("zhao", ["P1", "P2"]),
    ]
    assert listed[1]["disabled_at"] is not None
    assert "disabled" in machine.type("user", "list")[1]
    assert machine.type("user", "enable", "zhao")[0] == 0
    done = machine.type("user", "password", "zhao", "--password-stdin", pipe="another password\n")
    assert done[0] == 0
    wiring = machine.wiring()
    try:
        opened = wiring.log_ins.log_in("zhao", "another password", address=None)
        assert opened.principal.sites == frozenset({"P1", "P2"})
    finally:
        wiring.database.close()


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("user", "disable", "boss"), "CG-7409"),
        (("user", "disable", "nobody"), "CG-7001"),
        (("key", "revoke", "ck_0"), "CG-7001"),
        (("key", "create", "a", "--role", "driver", "--scope", "accounts"), "CG-7415"),
    ],
)
def test_what_cannot_be_done_is_refused_in_one_line(
    machine: Machine, words: tuple[str, ...], code: str
) -> None:
    machine.add("boss", "admin")
    status, out, err = machine.type(*words)
    assert (status, out) == (2, "")
    assert err.startswith(code)
    assert err.count("\n") == 1


def test_a_key_is_printed_once_alone_on_the_standard_output(machine: Machine) -> None:
    machine.add("boss", "admin")
    words = ("key", "create", "scanner", "--role", "warehouse", "--scope", "plans:read")
    status, out, err = machine.type(*words, "--days", "3")
    assert status == 0
    assert out.startswith("ck_") and out.count("\n") == 1
    assert "not shown again" in err
    prefix = "_".join(out.split("_")[:2])
    shown = machine.type("key", "list")[1]
    assert prefix in shown
    assert out.strip() not in shown
    assert machine.type("key", "revoke", prefix)[:2] == (0, f"{prefix} (scanner): revoked\n")
    assert json.loads(machine.type("key", "list", "--json")[1])["items"][0]["revoked_at"]


def test_a_key_and_its_successor_are_good_side_by_side_until_the_old_one_ends(
    machine: Machine,
) -> None:
    machine.add("boss", "admin")
    words = ("key", "create", "scanner", "--role", "leader", "--scope", "plans:read")
    old = machine.type(*words, "--site", "P1", "--days", "3")[1].strip()
    prefix = "_".join(old.split("_")[:2])
    status, out, err = machine.type("key", "rotate", prefix, "--overlap-hours", "2")
    assert status == 0
    assert "ends in 2 h at most" in err and "not shown again" in err
    new = out.strip()
    assert new.startswith("ck_") and new != old
    listed = json.loads(machine.type("key", "list", "--json")[1])["items"]
    after, before = sorted(listed, key=lambda one: one["expires_at"], reverse=True)
    same = ("name", "role", "scopes", "vehicle", "sites")
    assert [after[each] for each in same] == [before[each] for each in same]
    wiring = machine.wiring()
    try:
        now = wiring.clock()
        ends = datetime.fromisoformat(before["expires_at"])
        assert timedelta(hours=1.9) < ends - now < timedelta(hours=2.1)
        names = {_visitor(wiring, text).principal.name for text in (old, new)}
        assert names == {"key:scanner"}
    finally:
        wiring.database.close()


def _visitor(wiring: Wiring, key: str) -> Visitor:
    headers = Headers({"authorization": f"Bearer {key}"})
    return wiring.gate.identify(
        Asked(operation="list_plans", method="GET", client="203.0.113.9", headers=headers)
    )


def test_a_key_that_has_ended_has_no_successor(machine: Machine) -> None:
    machine.add("boss", "admin")
    words = ("key", "create", "scanner", "--role", "warehouse", "--scope", "plans:read")
    prefix = "_".join(machine.type(*words)[1].split("_")[:2])
    machine.type("key", "revoke", prefix)
    status, out, err = machine.type("key", "rotate", prefix)
    assert (status, out) == (2, "")
    assert err.startswith("CG-7416") and prefix in err
    machine.type(*words)
    second = json.loads(machine.type("key", "list", "--json")[1])["items"][0]["id"]
    assert machine.type("key", "rotate", second, "--overlap-hours", "0")[0] == 0
    assert machine.type("key", "rotate", second)[2].startswith("CG-7416")


def test_what_is_done_at_the_machine_is_noted(machine: Machine) -> None:
    machine.add("boss", "admin")
    machine.type("user", "disable", "boss")  # refused: nothing was done
    machine.type("user", "enable", "boss")
    wiring = machine.wiring()
    try:
        notes = [numbered.note for numbered in wiring.accounts.read_audit(limit=9)]
    finally:
        wiring.database.close()
    assert [(note.actor, note.action, note.subject) for note in notes] == [
        ("machine", "user enable", "boss"),
        ("machine", "user add", "boss"),
    ]


def test_the_audit_log_is_verified_at_the_machine(machine: Machine) -> None:
    machine.add("boss", "admin")
    status, out, _ = machine.type("audit", "verify", "--json")
    report = json.loads(out)
    assert (status, report["whole"], report["notes"]) == (0, True, 1)
    kept = report["head"]
    assert machine.type("audit", "verify", "--head", kept)[0] == 0
    status, out, _ = machine.type("audit", "verify", "--head", "0" * 63 + "1")
    assert status == 1
    assert out.startswith("tampered: the head that was kept is not in the chain any more\n")
    status, _, err = machine.type("audit", "verify", "--head", "abc")
    assert (status, "64 hexadecimal digits" in err) == (2, True)
    wiring = machine.wiring()
    try:
        with wiring.database.write() as tx:
            tx.exec_driver_sql("DROP TRIGGER audit_keeps_its_notes")
            tx.exec_driver_sql("UPDATE audit SET action = 'user list'")
    finally:
        wiring.database.close()
    status, out, _ = machine.type("audit", "verify")
    assert (status, out.splitlines()[0]) == (
        1,
        "tampered: note 1 does not follow from those before it",
    )
