"""Did one of our own pages make this request? Asked wherever a browser adds the proof by itself."""

from __future__ import annotations

from collections.abc import Mapping

from api.problem_details import Refusal
from api.security.tokens import belongs

CSRF_HEADER = "x-csrf-token"
OURS = frozenset({"same-origin", "none"})
"""What browsers say in Sec-Fetch-Site of our own pages, and of what a person typed."""


def require_own_page(headers: Mapping[str, str]) -> None:
    """Refuse requests that a page of another origin made; programs send no such headers.

    The scheme is left out of the comparison: behind a proxy that ends TLS the page's is https and
    ours is http.

    Raises
    ------
    Refusal
        Origin or Sec-Fetch-Site name another site (CG-7406).
    """
    origin = headers.get("origin")
    if origin is not None:
        _, separator, place = origin.partition("://")
        if not separator or place.lower() != headers.get("host", "").lower():
            raise Refusal("CG-7406", f"a page of {origin} made the request")
    site = headers.get("sec-fetch-site", "none")
    if site not in OURS:
        raise Refusal("CG-7406", f"the browser says that a {site} page made the request")


def require_csrf_token(headers: Mapping[str, str], kept: str) -> None:
    """Refuse a change that does not bear the session's CSRF token.

    Parameters
    ----------
    headers
        Of the request, names in lower case.
    kept
        Digest of the token that belongs to the session.

    Raises
    ------
    Refusal
        The token is missing or another's (CG-7406).
    """
    token = headers.get(CSRF_HEADER)
    if token is None:
        raise Refusal("CG-7406", "the header X-CSRF-Token is missing")
    if not belongs(token, kept):
        raise Refusal("CG-7406", "the header X-CSRF-Token is not that of this session")
