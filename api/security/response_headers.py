"""Headers that every answer bears, unless its handler chose another value."""

from __future__ import annotations

NOTHING = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
"""Content-Security-Policy of answers that are data."""

PAPER = (
    "default-src 'none'; style-src 'self' 'unsafe-inline'; img-src data:; frame-ancestors 'none'"
)
"""Content-Security-Policy of a printable page without scripts, such as a manifest.

A handler that answers with a page sets it as the header; the guard leaves it as it is.
"""

ALWAYS = {
    "cache-control": "no-store",
    "content-security-policy": NOTHING,
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}
