"""From what a request bears to who asks, and whether they may.

A key in the Authorization header comes first, then the session cookie; with neither, and no user
in the database, the machine's own people (``open_mode``). Whoever sends a key that is no good is
refused, whatever else they send.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from http.cookies import CookieError, SimpleCookie

from api.problem_details import Refusal
from api.security.access import PAGES, PUBLIC, may
from api.security.open_mode import require_local
from api.security.origins import require_csrf_token, require_own_page
from api.security.principal import ANONYMOUS, LOCAL, Principal, Role, Scope
from api.security.refusals import unknown_caller
from api.security.tokens import belongs, digest, parsed_key
from api.storage import accounts
from api.storage.accounts import KeyRow, SessionRow, UserRow
from api.storage.database import Database

COOKIE = "coldgrid_session"
IDLE = timedelta(hours=2)
"""A session that was not used for so long is over."""
NOTED_EVERY = timedelta(minutes=1)
"""Use of a session is written down at most so often."""
READS = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the gate needs to know of a request.

    Parameters
    ----------
    operation
        Operation id of the route; None where there is no such route.
    headers
        Names in lower case.
    client
        Address of the peer, from the socket; no header can change it.
    """

    method: str
    operation: str | None
    headers: Mapping[str, str]
    client: str | None

    @property
    def changes(self) -> bool:
        """Say whether the method is one that changes something."""
        return self.method not in READS

    @property
    def is_public(self) -> bool:
        """Say whether anybody may ask this."""
        return self.operation in PUBLIC or self.operation in PAGES


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """Who asks, and what they came with.

    Parameters
    ----------
    session
        Digest of the session's cookie; None without a session.
    csrf_digest
        Digest of the CSRF token that belongs to the session.
    key
        Prefix of the key; None without one.
    """

    principal: Principal
    session: str | None = None
    csrf_digest: str | None = None
    key: str | None = None


NOBODY = Visitor(principal=ANONYMOUS)


class Gate:
    """Knows everybody in the database.

    Parameters
    ----------
    clock
        Tells what has expired.
    """

    def __init__(self, database: Database, *, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock

    def identify(self, asked: Asked) -> Visitor:
        """Say who asks.

        Raises
        ------
        Refusal
            Nobody that is known (401), or in open mode nobody of this machine (403).
        """
        if asked.is_public:
            return NOBODY
        authorization = asked.headers.get("authorization")
        if authorization is not None:
            return self._key_holder(authorization)
        cookie = cookie_of(asked.headers)
        if cookie is not None:
            return self._person(cookie)
        with self._database.read() as tx:
            users_exist = accounts.any_user(tx)
        if users_exist:
            raise unknown_caller("CG-7401", "the request bears neither a key nor a session")
        require_local(asked.client, asked.headers)
        return Visitor(principal=LOCAL)

    def _key_holder(self, authorization: str) -> Visitor:
        scheme, _, text = authorization.partition(" ")
        given = parsed_key(text.strip())
        if scheme.lower() != "bearer" or given is None:
            raise unknown_caller("CG-7402", "Authorization is not: Bearer, then an API key")
        with self._database.read() as tx:
            row = accounts.key_of_prefix(tx, given.prefix)
        # An unknown key is compared too, with a digest that no secret has.
        genuine = belongs(given.secret, row.key_digest if row else "")
        if row is None or not genuine:
            raise unknown_caller("CG-7402", "nobody holds this key")
        if row.revoked_at is not None:
            raise unknown_caller("CG-7402", f"key {row.prefix} was revoked")
        if row.expires_at <= self._clock():
            raise unknown_caller("CG-7402", f"key {row.prefix} has expired")
        return Visitor(principal=_principal_of_key(row), key=row.prefix)

    def _person(self, cookie: str) -> Visitor:
        token_digest = digest(cookie)
        now = self._clock()
        with self._database.read() as tx:
            found = accounts.session_with_user(tx, token_digest)
        if found is None or is_over(*found, now):
            raise unknown_caller("CG-7403", "there is no such session any more")
        session, user = found
        if now - session.seen_at >= NOTED_EVERY:
            with self._database.write() as tx:
                accounts.touch_session(tx, token_digest, now)
        return Visitor(
            principal=principal_of_user(user),
            session=token_digest,
            csrf_digest=session.csrf_digest,
        )


def admit(asked: Asked, visitor: Visitor) -> None:
    """Say whether a visitor may do what they ask; a key needs no proof of the page.

    Raises
    ------
    Refusal
        They may not (CG-7405), there is no such route (CG-7001), or a page from elsewhere asks
        through somebody's browser (CG-7406).
    """
    if asked.changes and visitor.key is None:
        require_own_page(asked.headers)
        if visitor.csrf_digest is not None:
            require_csrf_token(asked.headers, visitor.csrf_digest)
    if asked.operation is None:
        raise Refusal("CG-7001", "there is no such route")
    if not asked.is_public and not may(visitor.principal, asked.operation):
        who = visitor.principal
        raise Refusal(
            "CG-7405",
            f"{who.name}, a {who.role.value}, may not use {asked.operation}"
            + ("" if visitor.key is None else " with the scopes of this key"),
        )


def cookie_of(headers: Mapping[str, str]) -> str | None:
    """Give the session cookie that a request bears."""
    try:
        jar = SimpleCookie(headers.get("cookie", ""))
    except CookieError:
        return None
    return jar[COOKIE].value if COOKIE in jar else None


def is_over(session: SessionRow, user: UserRow, now: datetime) -> bool:
    """Say whether a session has ended: by age, by rest, or because the account is disabled."""
    idle = now - session.seen_at >= IDLE
    return idle or session.expires_at <= now or user.disabled_at is not None


def principal_of_user(user: UserRow) -> Principal:
    """Give who a person is once logged in."""
    return Principal(
        name=f"user:{user.name}",
        role=Role(user.role),
        vehicle=user.vehicle,
        sites=None if user.sites is None else frozenset(user.sites),
    )


def _principal_of_key(key: KeyRow) -> Principal:
    return Principal(
        name=f"key:{key.name}",
        role=Role(key.role),
        scopes=frozenset(map(Scope, key.scopes)),
        vehicle=key.vehicle,
        sites=None if key.sites is None else frozenset(key.sites),
    )
