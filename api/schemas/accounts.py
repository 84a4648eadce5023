"""Bodies about sessions, users, keys and the audit log."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from api.security.principal import Principal, Role, Scope
from api.security.tokens import KEY_DAYS, MOST_KEY_DAYS
from api.services.accounts import USER_NAME
from api.storage.accounts import KeyRow, UserRow
from api.storage.audit import NumberedNote

MOST_SITES = 1000
LONGEST_TYPED = 1000
"""Longer than any password may be, short enough to hash."""

UserName = Annotated[str, Field(pattern=USER_NAME, description="Capitals make no difference.")]
Label = Annotated[
    str,
    Field(
        min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$",
        description="Any characters but control characters.",
    ),
]  # fmt: skip
Sites = Annotated[list[Label], Field(max_length=MOST_SITES)]
Typed = Annotated[SecretStr, Field(max_length=LONGEST_TYPED)]
Vehicle = Annotated[Label | None, Field(description="The only vehicle; null means any.")]
OnlySites = Annotated[Sites | None, Field(description="The only sites; null means any.")]


def _example(**values: Any) -> ConfigDict:  # noqa: ANN401 - a JSON document
    return ConfigDict(extra="forbid", json_schema_extra={"examples": [values]})


# --- asked --------------------------------------------------------------------------------------


class LogIn(BaseModel):
    """Name and password."""

    model_config = _example(name="lin", password="seven crates of lychee")

    name: Annotated[str, Field(max_length=200)]
    password: Typed


class PasswordChange(BaseModel):
    """The password that was, and the one that is to be."""

    model_config = _example(old="seven crates of lychee", new="nine boxes of frozen dumplings")

    old: Typed
    new: Typed


class NewUserBody(BaseModel):
    """A person who is to get an account."""

    model_config = _example(
        name="wang", password="eleven pallets of ice", role="driver", vehicle="V1"
    )

    name: UserName
    password: Typed
    role: Role
    vehicle: Vehicle = None
    sites: OnlySites = None


class UserChangeBody(BaseModel):
    """What is to be different; what is not named stays.

    Null widens ``vehicle`` and ``sites`` to any, and leaves everything else as it is.
    """

    model_config = _example(role="leader", sites=["P1", "P2"])

    role: Role | None = None
    vehicle: Vehicle = None
    sites: OnlySites = None
    disabled: bool | None = None
    password: Typed | None = None


class NewKeyBody(BaseModel):
    """A machine that is to get a key."""

    model_config = _example(
        name="cold room scanner", role="warehouse", scopes=["plans:read"], valid_days=30
    )

    name: Label
    role: Role
    scopes: Annotated[frozenset[Scope], Field(min_length=1)]
    valid_days: Annotated[int, Field(ge=1, le=MOST_KEY_DAYS)] = KEY_DAYS
    vehicle: Vehicle = None
    sites: OnlySites = None


# --- answered -----------------------------------------------------------------------------------


class SessionOut(BaseModel):
    """Who asks, and what they may do."""

    name: str
    role: Role
    scopes: list[Scope]
    vehicle: str | None
    sites: list[str] | None
    csrf_token: Annotated[
        str | None,
        Field(description="Goes into X-CSRF-Token of every change; null without a session."),
    ]

    @classmethod
    def of(cls, principal: Principal, csrf_token: str | None) -> SessionOut:
        """Show a principal."""
        return cls(
            name=principal.name,
            role=principal.role,
            scopes=sorted(principal.scopes, key=lambda scope: scope.value),
            vehicle=principal.vehicle,
            sites=None if principal.sites is None else sorted(principal.sites),
            csrf_token=csrf_token,
        )


class UserOut(BaseModel):
    """A person's account."""

    id: str
    name: str
    role: Role
    vehicle: str | None
    sites: list[str] | None
    locked_until: datetime | None
    disabled_at: datetime | None
    created_at: datetime
    created_by: str

    @classmethod
    def of(cls, row: UserRow) -> UserOut:
        """Show a user without the password's hash."""
        return cls.model_validate(row, from_attributes=True)


class UserList(BaseModel):
    """All users."""

    items: list[UserOut]


class KeyOut(BaseModel):
    """A machine's key without its secret; ``prefix`` is what the key begins with."""

    id: str
    name: str
    prefix: str
    role: Role
    scopes: list[Scope]
    vehicle: str | None
    sites: list[str] | None
    expires_at: datetime
    revoked_at: datetime | None
    created_at: datetime
    created_by: str

    @classmethod
    def of(cls, row: KeyRow) -> KeyOut:
        """Show a key."""
        return cls.model_validate(row, from_attributes=True)


class MadeKeyOut(KeyOut):
    """A new key."""

    key: Annotated[str, Field(description="Goes behind Authorization: Bearer. Shown this once.")]


class KeyList(BaseModel):
    """All keys."""

    items: list[KeyOut]


class AuditNoteOut(BaseModel):
    """One request that changed something, or was refused."""

    number: int
    at: datetime
    actor: str
    role: str
    action: str
    subject: str
    status: int
    request_id: str
    detail: dict[str, Any]

    @classmethod
    def of(cls, numbered: NumberedNote) -> AuditNoteOut:
        """Show a note."""
        note = {name: getattr(numbered.note, name) for name in numbered.note.__slots__}
        return cls(number=numbered.number, **note)


class AuditPage(BaseModel):
    """A page of the audit log."""

    items: list[AuditNoteOut]
    next_before: Annotated[
        int | None, Field(description="Value of `before` for the next page; null at the end.")
    ]
