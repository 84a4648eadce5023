"""Shows what stood in a message within the words of a refusal, whatever it was."""

from __future__ import annotations

LONGEST_SHOWN = 60
_LARGEST_SHOWN = 10**18
_KINDS: dict[type, str] = {dict: "an object", list: "a list", type(None): "null"}


def shown(raw: object) -> str:
    """Quote a value of a message in at most a line, without ever failing at it."""
    if isinstance(raw, bool):
        return "true" if raw else "false"
    if isinstance(raw, str):
        return repr(raw if len(raw) <= LONGEST_SHOWN else raw[: LONGEST_SHOWN - 1] + "…")
    if isinstance(raw, int):
        # A number of thousands of digits cannot even be written out.
        return str(raw) if abs(raw) < _LARGEST_SHOWN else "a huge number"
    if isinstance(raw, float):
        return repr(raw)
    return _KINDS.get(type(raw), f"a {type(raw).__name__}")
