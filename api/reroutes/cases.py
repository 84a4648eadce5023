"""A case of rerouting and the only steps of its life.

open -> accepted | rejected | superseded | expired; accepted -> taken_back

An open case is computed anew whenever its world changes; what is decided stays as it was decided,
but for an acceptance that is taken back while the vehicle still can turn around.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any


class CaseState(Enum):
    """What became of a case.

    Superseded: a newer case, or the end of what gave rise to it, took its place. Expired: the
    vehicle is home, or the goods are handed over. Taken back: it was accepted, and the plan has its
    old tail again.
    """

    OPEN = "open"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    SUPERSEDED = "superseded"
    EXPIRED = "expired"
    TAKEN_BACK = "taken_back"


DECIDED = frozenset(CaseState) - {CaseState.OPEN}


class Happened(Enum):
    """What those who follow the cases are told; recomputed: the ranking is as it was."""

    OPENED = "opened"
    RERANKED = "reranked"
    RECOMPUTED = "recomputed"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    SUPERSEDED = "superseded"
    EXPIRED = "expired"
    TAKEN_BACK = "taken_back"


HAPPENS = {state: Happened(state.value) for state in DECIDED}
"""How the end of a case is called."""


class OriginKind(Enum):
    """Who gave rise to a case."""

    PERSON = "person"
    ALARM = "alarm"
    POLICY = "policy"


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where a case comes from.

    Parameters
    ----------
    alarm
        The alarm that it was opened for; the same alarm opens one case.
    """

    kind: OriginKind = OriginKind.PERSON
    alarm: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranked:
    """A proposal in short, as lists and policies look at it.

    Parameters
    ----------
    number
        Its place in the ranking, from 1; what an acceptance names.
    kind, place
        The way out, as ``optimizer.response.words.Kind`` has it, and where.
    worth_cents
        What proposals are ranked by.
    headline
        The first sentence by language.
    """

    number: int
    kind: str
    place: str | None
    worth_cents: int
    saved_cents: int
    cost_cents: int
    lost_cents: int
    loses_nothing: bool
    delivered_kg: float
    sheltered_kg: float
    quarantined_kg: float
    collector: str | None
    headline: Mapping[str, str]


def ranking(answer: Mapping[str, Any]) -> tuple[Ranked, ...]:
    """Put the proposals of an answer document in short."""
    return tuple(_ranked(number, one) for number, one in enumerate(answer["proposals"], start=1))


def _ranked(number: int, one: Mapping[str, Any]) -> Ranked:
    said: Mapping[str, Any] = one["sentences"]
    return Ranked(
        number=number,
        kind=one["kind"],
        place=one["place"],
        worth_cents=one["worth_cents"],
        saved_cents=one["saved_cents"],
        cost_cents=one["cost_cents"],
        lost_cents=one["lost_cents"],
        loses_nothing=one["loses_nothing"],
        delivered_kg=one["delivered_kg"],
        sheltered_kg=one["sheltered_kg"],
        quarantined_kg=one["quarantined_kg"],
        collector=one["collector"],
        headline={language: words[0] for language, words in said.items() if words},
    )


def same_ranking(one: tuple[Ranked, ...], other: tuple[Ranked, ...]) -> bool:
    """Say whether two rankings offer the same ways out in the same order at the same worth."""
    return [_mark(item) for item in one] == [_mark(item) for item in other]


def _mark(item: Ranked) -> tuple[str, str | None, int, bool]:
    return item.kind, item.place, item.worth_cents, item.loses_nothing
