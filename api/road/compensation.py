"""What a household gets for goods that came late, broken, warm or not at all (D12).

A refund is the line's value times the missing share of its kilograms; a line that came late but
whole is refunded by a share of its value. A resend is an order row of the next plan with the
missing kilograms. All compensations of a line together never exceed its value.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any

from api.road.progress import LineProgress
from optimizer.domain.orders import OrderLine
from optimizer.domain.units import (
    SECONDS_PER_HOUR,
    Cents,
    Grams,
    ceil_div,
    nearest_div,
    nearest_int,
    thousands,
)


class Cause(Enum):
    """Why something is owed."""

    DAMAGED = "damaged"
    REFUSED = "refused"
    TEMPERATURE = "temperature"
    DELAYED = "delayed"
    LEFT_OUT = "left_out"


class Remedy(Enum):
    """What the household gets."""

    REFUND = "refund"
    RESEND = "resend"


_CLAIMED = {
    Cause.DAMAGED: "was reported as damaged",
    Cause.REFUSED: "was reported as refused",
    Cause.TEMPERATURE: "was handed over with its product outside the band",
    Cause.DELAYED: "is missing after its deadline, or was handed over after it",
    Cause.LEFT_OUT: "was left out of the plan",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """The operation's terms.

    Parameters
    ----------
    late_share
        Share of the value that is refunded for a line that came late but whole.
    """

    late_share: float = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What is known of a line when something is asked for it.

    Parameters
    ----------
    progress
        What became of it at its stop; None where the plan left it out.
    due_at
        Its promise.
    broke_band
        Whether its zone was outside the product band when it was handed over.
    paid_cents
        The value of earlier compensations of this line.
    resends
        How many times a part of it was sent again before.
    """

    line: OrderLine
    progress: LineProgress | None
    due_at: datetime
    broke_band: bool = False
    paid_cents: Cents = 0
    resends: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """What is owed: the kilograms that are missing and their value."""

    mass_g: Grams
    amount_cents: Cents


def owed(
    standing: Standing, cause: Cause, remedy: Remedy, now: datetime, terms: Terms
) -> Owed | str:
    """Reckon what a household is owed; a sentence where it is owed nothing.

    Parameters
    ----------
    standing
        The line.
    cause, remedy
        What is claimed.
    now
        The present instant, for a line that has not come yet.
    terms
        The operation's terms.
    """
    line = standing.line
    late_whole = cause is Cause.DELAYED and _came_late(standing)
    if late_whole and remedy is Remedy.RESEND:
        return f"{line.key} came late but whole: it is refunded in part, not sent again"
    mass_g = line.mass_g if late_whole else _missing_g(standing, cause, now)
    if mass_g <= 0:
        return f"{line.key}: nothing of it {_CLAIMED[cause]}"
    full = nearest_div(line.value_cents * mass_g, line.mass_g)
    amount = nearest_int(terms.late_share * full) if late_whole else full
    rest = line.value_cents - standing.paid_cents
    if line.value_cents and rest <= 0:
        return f"{line.key}: its whole value of {line.value_cents} cents is compensated already"
    return Owed(mass_g=mass_g, amount_cents=min(amount, rest))


def _came_late(standing: Standing) -> bool:
    done = standing.progress
    return (
        done is not None
        and done.is_done
        and done.handed_at is not None
        and done.handed_at > standing.due_at
    )


def _missing_g(standing: Standing, cause: Cause, now: datetime) -> Grams:
    done = standing.progress
    if done is None:
        return standing.line.mass_g if cause is Cause.LEFT_OUT else 0
    grams: dict[Cause, Grams] = {
        Cause.DAMAGED: done.damaged_g,
        Cause.REFUSED: done.refused_g,
        Cause.TEMPERATURE: done.handed_g if standing.broke_band else 0,
        Cause.DELAYED: done.rest_g if now > standing.due_at else 0,
        Cause.LEFT_OUT: 0,
    }
    return grams[cause]


def resend_row(standing: Standing, debt: Owed) -> dict[str, Any]:
    """Write the order row of a resend: the same article and zone, the missing kilograms.

    The booked window is not taken over, because it is over. The batch is not either: the next
    one may lie in the warehouse.
    """
    line = standing.line
    row: dict[str, Any] = {
        "order": f"{line.key.order}-R{standing.resends + 1}",
        "line": line.key.line,
        "site": line.site,
        "article": line.article,
        "zone": line.zone.value,
        "mass_kg": thousands(debt.mass_g),
        "volume_l": thousands(ceil_div(line.volume_ml * debt.mass_g, line.mass_g)),
        "value_cents": debt.amount_cents,
        "promise": line.promise,
        "priority": line.priority,
        "mode": line.mode.value,
    }
    if line.shelf_life_left_s is not None:
        row["shelf_life_left_h"] = line.shelf_life_left_s / SECONDS_PER_HOUR
    return row
