"""How the page shows numbers: whole yuan, one decimal, a true minus, no-break spaces."""

from __future__ import annotations

from scenarios.report.words import Speaker

MINUS = "\N{MINUS SIGN}"
SPACE = "\N{NO-BREAK SPACE}"
CENTS = 100
WHOLE_FROM = 100.0
"""From here decimals say nothing; means of counts below have one."""


def figure(value: float, unit: str, speaker: Speaker, *, signed: bool = False) -> str:
    """Show a key figure or, signed, a difference of two.

    Parameters
    ----------
    value
        As the result has it: shares between 0 and 1, money in cents.
    unit
        Of the key figure.
    speaker
        Whose language names the unit.
    signed
        Whether a plus is written, and a difference of shares in percentage points.
    """
    if unit == "share":
        points = speaker.choose("pp", "个百分点") if signed else "%"
        return f"{_number(value * 100, 1, signed)}{SPACE}{points}"
    if unit == "cents":
        return money(value, signed=signed)
    text = _number(value, 0 if _is_whole(value) else 1, signed)
    word = speaker.unit(unit)
    return f"{text}{SPACE}{word}" if word else text


def interval(low: float, high: float, unit: str, speaker: Speaker) -> str:
    """Show what a difference lies between, with the unit once.

    Parameters
    ----------
    low, high
        In what the result has them.
    unit, speaker
        As ``figure`` takes them.
    """
    first, last = (figure(value, unit, speaker, signed=True) for value in (low, high))
    head, _, word = first.partition(SPACE)
    if word and last.endswith(SPACE + word):
        first = head
    return f"[{speaker.say('range', low=first, high=last)}]"


def money(cents: float, *, signed: bool = False) -> str:
    """Show cents as whole yuan."""
    text = _number(abs(cents) / CENTS, 0, signed=False)
    sign = MINUS if cents < 0 else "+" if signed and cents > 0 else ""
    return f"{sign if text != '0' else ''}¥{text}"


def share(value: float, *, signed: bool = False) -> str:
    """Show a share in per cent."""
    return f"{_number(value * 100, 1, signed)}{SPACE}%"


def _is_whole(value: float) -> bool:
    return abs(value) >= WHOLE_FROM or value == round(value)


def _number(value: float, digits: int, signed: bool) -> str:
    # Adding 0.0 makes a zero of what rounds to minus zero.
    text = f"{round(value, digits) + 0.0:{'+' if signed else ''},.{digits}f}"
    nothing = not text.strip("+-0.,")
    return text.lstrip("+-") if nothing else text.replace("-", MINUS)


def place(value: float) -> str:
    """Show a coordinate of a drawing."""
    return f"{round(value, 1) + 0.0:.1f}".removesuffix(".0")
