"""Parsers of single cells: text in, a typed value out, or a ``CellError`` that says why not.

The same parsers read table cells and settings, so a number is refused in the same words anywhere.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from decimal import Decimal
from enum import Enum
from typing import TypeAlias, TypeVar

from optimizer.domain.units import (
    LARGEST_SUM,
    PER_THOUSAND,
    SECONDS_PER_HOUR,
    Seconds,
    thousandths_down,
    thousandths_up,
)
from optimizer.formats.faults import CellError, listed, nearest, shown

T = TypeVar("T")
E = TypeVar("E", bound=Enum)
Parser: TypeAlias = Callable[[str], T]

_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,4})?")
LONGEST_NUMBER = 60
MOST_QUANTITY = 10**9
"""Kilograms or litres of one cell: in thousandths it is exact in any reader's floating point."""


def text(cell: str) -> str:
    """Take the text as it stands."""
    return cell


def decimal(cell: str) -> Decimal:
    """Read a finite decimal number.

    Raises
    ------
    CellError
        CG-1007 for anything else, infinities and NaN among them.
    """
    if len(cell) > LONGEST_NUMBER or not _NUMBER.fullmatch(cell):
        raise CellError("CG-1007", f"{shown(cell)} is not a number")
    return Decimal(cell)


def within(
    least: float | None = None, most: float | None = None, *, above: float | None = None
) -> Parser[Decimal]:
    """Make a parser of decimal numbers inside a range.

    Parameters
    ----------
    least, most
        Edges that belong to the range.
    above
        An edge that does not belong to it.
    """
    words = [
        f"at least {least:.16g}" if least is not None else "",
        f"above {above:.16g}" if above is not None else "",
        f"at most {most:.16g}" if most is not None else "",
    ]
    action = f"Write a number {' and '.join(word for word in words if word)}"
    low, high, floor = map(_edge, (least, most, above))

    def parse(cell: str) -> Decimal:
        number = decimal(cell)
        too_low = (low is not None and number < low) or (floor is not None and number <= floor)
        if too_low or (high is not None and number > high):
            raise CellError("CG-1008", f"{shown(cell)} is out of range", action)
        return number

    return parse


def _edge(edge: float | None) -> Decimal | None:
    """Take an edge as it is written: 0.001 as a float lies a little above 0.001."""
    return None if edge is None else Decimal(repr(edge))


def real(
    least: float | None = None, most: float | None = None, *, above: float | None = None
) -> Parser[float]:
    """Make a parser of floats inside a range; without edges, of anything below 1e9 in size."""
    low = -1e9 if least is None and above is None else least
    parse = within(low, 1e9 if most is None else most, above=above)
    # Adding zero turns -0.0 into 0.0: equal problems must have equal digests.
    return lambda cell: float(parse(cell)) + 0.0


def whole(least: int = 0, most: int = LARGEST_SUM) -> Parser[int]:
    """Make a parser of whole numbers; ``12.0`` is one, as spreadsheets like to write it."""
    parse = within(least, most)

    def whole_number(cell: str) -> int:
        number = parse(cell)
        if number != number.to_integral_value():
            raise CellError("CG-1008", f"{shown(cell)} is not whole", "Write a whole number")
        return int(number)

    return whole_number


def demand(cell: str) -> int:
    """Read kilograms or litres that have to be carried, in thousandths, rounded up."""
    return thousandths_up(_above_zero(cell))


def room(cell: str) -> int:
    """Read kilograms or litres that are there or fit, in thousandths, rounded down."""
    return thousandths_down(_not_negative(cell))


def step(cell: str) -> int:
    """Read litres of one bulkhead step; at least a millilitre."""
    return thousandths_down(_one_thousandth(cell))


def seconds_from(unit_s: int, least: float = 0.0) -> Parser[Seconds]:
    """Make a parser of durations given in a larger unit; parts of a second are left out."""
    parse = within(least, 1_000_000 * SECONDS_PER_HOUR // unit_s)
    return lambda cell: int(parse(cell) * unit_s)


def word(kind: type[E]) -> Parser[E]:
    """Make a parser of the words of an enumeration, in any mixture of cases."""
    by_word = {str(member.value): member for member in kind}

    def parse(cell: str) -> E:
        return by_word[one_of(cell, by_word)]

    return parse


def one_of(cell: str, words: Collection[str]) -> str:
    """Find a word among those allowed, in any mixture of cases.

    Raises
    ------
    CellError
        CG-1012, with the word that was probably meant.
    """
    folded = cell.casefold()
    for allowed in words:
        if allowed.casefold() == folded:
            return allowed
    near = nearest(cell, words)
    meant = "" if near is None else f" (did you mean {shown(near)}?)"
    raise CellError("CG-1012", f"{shown(cell)} is none of the words allowed{meant}",
                    f"Write one of {listed(words)}")  # fmt: skip


def skills(cell: str) -> frozenset[str]:
    """Read names separated by blanks; small and capital letters make no difference.

    Raises
    ------
    CellError
        CG-1031 where a comma or a semicolon stands between them.
    """
    if "," in cell or ";" in cell:
        raise CellError("CG-1031", f"{shown(cell)} has commas or semicolons")
    return frozenset(cell.casefold().split())


def yes_or_no(cell: str) -> bool:
    """Read yes or no."""
    return one_of(cell, ("yes", "no")) == "yes"


_above_zero = within(most=MOST_QUANTITY, above=0)
_not_negative = within(0, MOST_QUANTITY)
_one_thousandth = within(1 / PER_THOUSAND, MOST_QUANTITY)
