"""MQTT topic filters: ``+`` is one level, ``#`` at the end any number of them; pure.

As in the standard (MQTT 5 section 4.7), a wildcard at the first level does not match topics that
begin with ``$``: those are the broker's own.
"""

from __future__ import annotations

ONE, REST = "+", "#"
SHARED = ("$share", "$queue")
LONGEST_FILTER = 65_535


def filter_fault(pattern: str) -> str | None:
    """Say what is wrong with a filter, shared subscriptions apart; None where nothing is."""
    if not pattern or len(pattern.encode("utf-8", "replace")) > LONGEST_FILTER:
        return "it is empty or longer than 65,535 bytes"
    if not pattern.isprintable():
        return "it holds characters that cannot be printed"
    levels = pattern.split("/")
    if any(REST in level for level in levels[:-1]) or (REST in levels[-1] and levels[-1] != REST):
        return "# may only stand alone, as the last level"
    if any(ONE in level and level != ONE for level in levels):
        return "+ may only stand alone between two slashes"
    return None


def is_shared(pattern: str) -> bool:
    """Say whether a filter asks for a shared subscription."""
    return pattern.split("/", 1)[0] in SHARED


def matches(pattern: str, topic: str) -> bool:
    """Say whether a topic falls under a filter."""
    if topic.startswith("$") and pattern[:1] in (ONE, REST):
        return False
    return _falls_under(pattern.split("/"), topic.split("/"))


def covers(wide: str, narrow: str) -> bool:
    """Say whether every topic of a filter falls under another one."""
    if narrow.startswith("$") and wide[:1] in (ONE, REST):
        return False
    return _falls_under(wide.split("/"), narrow.split("/"))


def _falls_under(wide: list[str], narrow: list[str]) -> bool:
    """Compare level by level; in ``narrow`` a ``#`` falls under nothing but a ``#``."""
    for number, level in enumerate(wide):
        if level == REST:
            # It also matches the level above it: a/# matches a.
            return True
        if number >= len(narrow) or narrow[number] == REST:
            return False
        if level not in (ONE, narrow[number]):
            return False
    return len(wide) == len(narrow)
