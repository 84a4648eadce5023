"""Entity tags of plans: ``"<plan>.<revision>"``, so that a change names what it was made for."""

from __future__ import annotations


def etag(plan: str, revision: int) -> str:
    """Write the entity tag of a plan at a revision."""
    return f'"{plan}.{revision}"'


def matches(if_match: str, plan: str, revision: int) -> bool:
    """Say whether an If-Match header names the plan at this revision.

    Weak tags never match, as RFC 9110 has it for If-Match. Neither does ``*``: whoever sends it
    has not looked at the plan that is about to be changed.

    Parameters
    ----------
    if_match
        The header: one tag or several with commas between.
    plan
        The plan's id.
    revision
        Its revision now.
    """
    current = etag(plan, revision)
    return any(given.strip() == current for given in if_match.split(","))
