"""``coldgrid user`` and ``coldgrid key``: accounts, managed at the machine itself.

Whoever can open the database may do this: it is how the first admin comes to be, and how the last
one who forgot the password gets in again. A password is typed unseen or read from a pipe; as an
argument every other user of the machine could read it.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias

import typer

from api.cli.options import AsJson
from api.security.principal import Role, Scope
from api.security.tokens import KEY_DAYS, MOST_KEY_DAYS, SIGN

if TYPE_CHECKING:
    from api.services.accounts import Accounts, MadeKey
    from api.storage.accounts import KeyRow, UserRow
    from api.storage.database import Database

MACHINE = "machine"
"""Who makes accounts here, as accounts and audit log call them."""

user = typer.Typer(help="Add, list, disable and enable the people who may log in.")
key = typer.Typer(help="Make, list and revoke the API keys of machines.")

UserName: TypeAlias = Annotated[
    str, typer.Argument(metavar="NAME", help="What is typed to log in.", show_default=False)
]
RoleOption: TypeAlias = Annotated[Role, typer.Option(help="What they do.", show_default=False)]
Vehicle: TypeAlias = Annotated[
    str | None, typer.Option(metavar="V", help="The only vehicle they see.", show_default="any")
]
Sites: TypeAlias = Annotated[
    list[str] | None,
    typer.Option("--site", metavar="S", help="A site they see; repeat it.", show_default="any"),
]
KeyPrefix: TypeAlias = Annotated[
    str, typer.Argument(metavar="KEY", help="What it begins with, or its id.", show_default=False)
]
Days: TypeAlias = Annotated[
    int, typer.Option(min=1, max=MOST_KEY_DAYS, metavar="N", help="How long it is good.")
]
FromPipe: TypeAlias = Annotated[
    bool, typer.Option("--password-stdin", help="Read the password from the standard input.")
]


@user.command("add")
def add_user(
    name: UserName,
    role: RoleOption,
    vehicle: Vehicle = None,
    site: Sites = None,
    password_stdin: FromPipe = False,
) -> None:
    """Add a person; the first one has to be an admin, and ends open mode."""
    from api.services.accounts import NewUser

    with _book("user add", name) as accounts:
        new = NewUser(
            name=name,
            password=_password(password_stdin),
            role=role,
            vehicle=vehicle,
            sites=site or None,
        )
        made = accounts.create_user(new, by=MACHINE)
    print(f"{made.name}, {made.role}: added")


@user.command("list")
def list_users(as_json: AsJson = False) -> None:
    """List the people who have an account."""
    with _book() as accounts:
        rows = accounts.list_users()
    if as_json:
        from api.cli.terminal import print_json
        from api.schemas.accounts import UserList, UserOut

        print_json(UserList(items=[UserOut.of(row) for row in rows]).model_dump(mode="json"))
    else:
        header = ("name", "role", "vehicle", "sites", "state")
        _table("Users", header, [_user_cells(row) for row in rows])


@user.command("disable")
def disable_user(name: UserName) -> None:
    """Keep a person out from now on; their sessions end."""
    _change("user disable", name, {"disabled": True})
    print(f"{name}: disabled")


@user.command("enable")
def enable_user(name: UserName) -> None:
    """Let a person in again who was disabled."""
    _change("user enable", name, {"disabled": False})
    print(f"{name}: enabled")


@user.command("password")
def set_password(name: UserName, password_stdin: FromPipe = False) -> None:
    """Give a person a new password; it unlocks the account and ends their sessions."""
    _change("user password", name, {"password": _password(password_stdin)})
    print(f"{name}: password changed")


@key.command("create")
def create_key(
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="The machine's name.", show_default=False)
    ],
    *,
    role: RoleOption,
    scope: Annotated[
        list[Scope], typer.Option(help="What it may do; repeat it.", show_default=False)
    ],
    days: Days = KEY_DAYS,
    vehicle: Vehicle = None,
    site: Sites = None,
) -> None:
    """Make a key and print it, this once, on the standard output."""
    from api.services.accounts import NewKey

    with _book("key create", name) as accounts:
        new = NewKey(
            name=name,
            role=role,
            scopes=frozenset(scope),
            valid_days=days,
            vehicle=vehicle,
            sites=site or None,
        )
        made = accounts.create_key(new, by=MACHINE)
    _show_once(made)


@key.command("rotate")
def rotate_key(
    prefix: KeyPrefix,
    overlap_hours: Annotated[
        int,
        typer.Option(
            min=0,
            max=24 * MOST_KEY_DAYS,
            metavar="H",
            help="How long the old one stays good beside it.",
        ),
    ] = 24,
    days: Days = KEY_DAYS,
) -> None:
    """Make the successor of a key, with its name and rights, and print it once."""
    with _book("key rotate", prefix) as accounts:
        made = accounts.rotate_key(
            _meant(accounts, prefix).id,
            overlap=timedelta(hours=overlap_hours),
            by=MACHINE,
            valid_days=days,
        )
    print(f"The old key of {made.row.name} ends in {overlap_hours} h at most.", file=sys.stderr)
    _show_once(made)


@key.command("list")
def list_keys(as_json: AsJson = False) -> None:
    """List the keys, the newest first; what a key begins with names it."""
    with _book() as accounts:
        rows = accounts.list_keys()
    if as_json:
        from api.cli.terminal import print_json
        from api.schemas.accounts import KeyList, KeyOut

        print_json(KeyList(items=[KeyOut.of(row) for row in rows]).model_dump(mode="json"))
    else:
        header = ("begins with", "name", "role", "scopes", "good until")
        _table("Keys", header, [_key_cells(row) for row in rows])


@key.command("revoke")
def revoke_key(
    prefix: KeyPrefix,
) -> None:
    """End a key for good."""
    with _book("key revoke", prefix) as accounts:
        meant = _meant(accounts, prefix)
        accounts.revoke_key(meant.id)
    print(f"{_shown(meant)} ({meant.name}): revoked")


def _meant(accounts: Accounts, prefix: str) -> KeyRow:
    from api.problem_details import Refusal

    for row in accounts.list_keys():
        if prefix in {row.id, row.prefix, _shown(row)}:
            return row
    raise Refusal("CG-7001", f"there is no key {prefix}")


def _show_once(made: MadeKey) -> None:
    until = made.row.expires_at
    print(f"Good until {until:%Y-%m-%d %H:%M} UTC. It is not shown again:", file=sys.stderr)
    print(made.secret)


@contextmanager
def _book(action: str | None = None, subject: str = "") -> Iterator[Accounts]:
    """Open the accounts of the configured database; note what was done there."""
    from api.services.accounts import Accounts
    from api.settings import Settings
    from api.storage.database import Database
    from api.wiring import utc_now

    database = Database(Settings().database)
    try:
        database.migrate()
        yield Accounts(database, clock=utc_now)
        if action is not None:
            _note(database, action, subject)
    finally:
        database.close()


def _note(database: Database, action: str, subject: str) -> None:
    from api.problem_details import Refusal
    from api.services.audit_log import AuditLog
    from api.storage.audit import AuditNote
    from api.wiring import utc_now

    note = AuditNote(
        at=utc_now(),
        actor=MACHINE,
        role=Role.ADMIN.value,
        action=action,
        subject=subject,
        status=0,
        request_id="command-line",
        detail={},
    )
    if not AuditLog(database).write(note):
        raise Refusal("CG-7414", f"{action} {subject}: the audit log cannot be written")


def _change(action: str, name: str, values: dict[str, Any]) -> None:
    from api.services.accounts import UserChange

    with _book(action, name) as accounts:
        accounts.change_user(accounts.user_named(name).id, UserChange(values=values))


def _password(from_pipe: bool) -> str:
    """Read a password; on a terminal unseen and twice."""
    if from_pipe:
        return sys.stdin.readline().rstrip("\r\n")
    if not sys.stdin.isatty():
        raise typer.BadParameter("the standard input is no terminal; give --password-stdin")
    import getpass

    first = getpass.getpass("Password: ")
    if getpass.getpass("Once more: ") != first:
        raise typer.BadParameter("the two passwords differ")
    return first


def _shown(row: KeyRow) -> str:
    return f"{SIGN}_{row.prefix}"


def _user_cells(row: UserRow) -> tuple[str, ...]:
    sites = "any" if row.sites is None else " ".join(row.sites)
    state = "disabled" if row.disabled_at else "enabled"
    return (row.name, row.role, row.vehicle or "any", sites, state)


def _key_cells(row: KeyRow) -> tuple[str, ...]:
    until = "revoked" if row.revoked_at else f"{row.expires_at:%Y-%m-%d %H:%M} UTC"
    return (_shown(row), row.name, row.role, " ".join(row.scopes), until)


def _table(title: str, header: tuple[str, ...], rows: list[tuple[str, ...]]) -> None:
    from api.cli.layout import tidy_table
    from api.cli.outcome import one_line
    from api.cli.terminal import console

    out = console()
    table = tidy_table(title, width=out.width)
    for name in header:
        table.add_column(name, overflow="fold")
    for row in rows:
        table.add_row(*map(one_line, row))
    out.print(table)
