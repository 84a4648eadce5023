"""Users, keys and the audit log."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request

from api.routers.dependencies import Caller, Parts
from api.schemas.accounts import (
    AuditNoteOut,
    AuditPage,
    KeyList,
    KeyOut,
    MadeKeyOut,
    NewKeyBody,
    NewUserBody,
    UserChangeBody,
    UserList,
    UserOut,
)
from api.services.accounts import NewKey, NewUser, UserChange

router = APIRouter(tags=["accounts"])

PAGE, LONGEST_PAGE = 100, 1000
LARGEST_NUMBER = 2**63 - 1
Filter = Annotated[str | None, Query(max_length=200)]


@router.post("/v1/users", operation_id="create_user", summary="Add a user", status_code=201)
def create_user(body: NewUserBody, parts: Parts, caller: Caller, request: Request) -> UserOut:
    """Make an account; the first has to be an admin's, and ends open mode."""
    request.state.audit_detail |= {"name": body.name, "role": body.role.value}
    new = NewUser(
        name=body.name,
        password=body.password.get_secret_value(),
        role=body.role,
        vehicle=body.vehicle,
        sites=body.sites,
    )
    return UserOut.of(parts.accounts.create_user(new, by=caller.name))


@router.get("/v1/users", operation_id="list_users", summary="List users")
def list_users(parts: Parts) -> UserList:
    """Give all users by name."""
    return UserList(items=[UserOut.of(row) for row in parts.accounts.list_users()])


@router.patch("/v1/users/{user}", operation_id="change_user", summary="Change a user")
def change_user(user: str, body: UserChangeBody, parts: Parts, request: Request) -> UserOut:
    """Change role, vehicle, sites or password of an account, disable it or enable it again.

    A new password unlocks the account. A new password, and being disabled, end its sessions. The
    last admin who can log in stays one.
    """
    values = _named(body)
    request.state.audit_detail |= _without_secrets(values)
    return UserOut.of(parts.accounts.change_user(user, UserChange(values=values)))


@router.post("/v1/keys", operation_id="create_key", summary="Make an API key", status_code=201)
def create_key(body: NewKeyBody, parts: Parts, caller: Caller, request: Request) -> MadeKeyOut:
    """Make a key for a machine; this answer is the only one that ever shows it."""
    new = NewKey(
        name=body.name,
        role=body.role,
        scopes=body.scopes,
        valid_days=body.valid_days,
        vehicle=body.vehicle,
        sites=body.sites,
    )
    made = parts.accounts.create_key(new, by=caller.name)
    request.state.audit_detail |= {"prefix": made.row.prefix, "role": body.role.value}
    return MadeKeyOut(**KeyOut.of(made.row).model_dump(), key=made.secret)


@router.get("/v1/keys", operation_id="list_keys", summary="List API keys")
def list_keys(parts: Parts) -> KeyList:
    """Give all keys, the newest first, those that ended too."""
    return KeyList(items=[KeyOut.of(row) for row in parts.accounts.list_keys()])


@router.delete("/v1/keys/{key}", operation_id="revoke_key", summary="Revoke an API key")
def revoke_key(key: str, parts: Parts) -> KeyOut:
    """End a key for good; twice is as good as once."""
    return KeyOut.of(parts.accounts.revoke_key(key))


@router.get("/v1/audit", operation_id="read_audit", summary="Read the audit log")
def read_audit(
    parts: Parts,
    limit: Annotated[int, Query(ge=1, le=LONGEST_PAGE)] = PAGE,
    before: Annotated[int | None, Query(ge=1, le=LARGEST_NUMBER)] = None,
    actor: Filter = None,
    action: Filter = None,
) -> AuditPage:
    """Give who changed what and who was refused, the newest first."""
    notes = parts.accounts.read_audit(limit=limit, before=before, actor=actor, action=action)
    full = len(notes) == limit
    return AuditPage(
        items=[AuditNoteOut.of(note) for note in notes],
        next_before=notes[-1].number if full else None,
    )


def _named(body: UserChangeBody) -> dict[str, Any]:
    """Give what the body names; null counts for the narrowing alone, which it lifts."""
    values = body.model_dump(exclude_unset=True)
    if body.password is not None:
        values["password"] = body.password.get_secret_value()
    return {
        name: value
        for name, value in values.items()
        if value is not None or name in {"vehicle", "sites"}
    }


def _without_secrets(values: dict[str, Any]) -> dict[str, Any]:
    shown = {name: value for name, value in values.items() if name != "password"}
    if "role" in shown:
        shown["role"] = shown["role"].value
    if "password" in values:
        shown["password"] = "changed"
    return shown
