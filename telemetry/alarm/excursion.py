"""Finds excursions: stays outside a band, as facts, whatever alarms and delays made of them; pure.

A stay lasts from the first sample outside to the first one inside. A gap longer than three
intervals is unknown: it belongs to the stay, and its minutes are counted apart. Mean and deviation
are those of the samples outside (Welford's recurrence). The stream's way and that over a whole
series are one and the same fold, so that late readings, put in their order, give the same table.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from math import sqrt
from statistics import median_low

from msgspec import Struct
from msgspec.structs import replace

from optimizer.domain.temperature import TemperatureBand
from telemetry.alarm import defrosts
from telemetry.alarm.state import Run, Sample
from telemetry.alarm.words import Excursion

UNKNOWN_AFTER_INTERVALS = 3


class Stay(Struct, frozen=True, kw_only=True):
    """A stay that lasts: what its excursion needs.

    Parameters
    ----------
    spread
        Sum of squared distances from the mean.
    """

    kind: str
    from_ms: int
    last_ms: int
    peak_c: float
    low_c: float
    mean_c: float
    spread: float
    samples: int
    unknown_ms: int


class Fold(Struct, frozen=True):
    """What the stream remembers between two samples of a point."""

    last_ms: int | None = None
    stay: Stay | None = None


def fold(
    state: Fold, sample: Sample, band: TemperatureBand, interval_s: float, *, point: str = ""
) -> tuple[Fold, Excursion | None]:
    """Take one more sample; gives the excursion that it ends, if it ends one.

    Parameters
    ----------
    state
        What was before; samples come in the order of their time.
    sample
        The next one.
    band
        Its edges are inside.
    interval_s
        Usual time between samples.
    point
        Whose excursion it is.
    """
    at_ms, value_c = sample.at_ms, sample.value_c
    kind = "high" if value_c > band.upper_c else "low" if value_c < band.lower_c else None
    stay = state.stay
    if kind is None and stay is None:
        return Fold(at_ms), None
    gap_ms = 0 if state.last_ms is None else at_ms - state.last_ms
    if stay is not None:
        unknown_ms = gap_ms if gap_ms > 1000 * UNKNOWN_AFTER_INTERVALS * interval_s else 0
        stay = replace(stay, last_ms=at_ms, unknown_ms=stay.unknown_ms + unknown_ms)
    if stay is not None and kind == stay.kind:
        return Fold(at_ms, _longer(stay, value_c)), None
    ended = None if stay is None else _row(stay, at_ms, point)
    return Fold(at_ms, None if kind is None else _begun(kind, at_ms, value_c)), ended


def so_far(state: Fold, *, point: str = "") -> Excursion | None:
    """Give the excursion that lasts; None where the air is inside."""
    return None if state.stay is None else _row(state.stay, None, point)


def excursions(
    samples: Iterable[Sample],
    band: TemperatureBand,
    interval_s: float | None = None,
    *,
    point: str = "",
) -> list[Excursion]:
    """Find the excursions of a series, by time; the last one may last still.

    Parameters
    ----------
    samples
        In any order.
    band
        Its edges are inside.
    interval_s
        Usual time between samples; None takes the middle one of all.
    point
        Whose excursions they are.
    """
    ordered = sorted(samples, key=order)
    if interval_s is None:
        interval_s = usual_interval_s(ordered)
    found: list[Excursion] = []
    state = Fold()
    for sample in ordered:
        state, ended = fold(state, sample, band, interval_s, point=point)
        if ended is not None:
            found.append(ended)
    lasting = so_far(state, point=point)
    return found if lasting is None else [*found, lasting]


def order(sample: Sample) -> tuple[int, float, str]:
    """Say where a sample belongs; two of one instant by their values, whichever came first."""
    return sample.at_ms, sample.value_c, sample.sensor


def usual_interval_s(ordered: Sequence[Sample]) -> float:
    """Give the middle one of all times between samples; 60 seconds where there are none."""
    gaps = [b.at_ms - a.at_ms for a, b in pairwise(ordered) if b.at_ms > a.at_ms]
    return median_low(gaps) / 1000 if gaps else 60.0


def mark_defrosts(rows: Iterable[Excursion], band: TemperatureBand) -> list[Excursion]:
    """Mark the learned defrosts among the excursions of one point, given by time."""
    table = list(rows)
    runs: tuple[Run, ...] = ()
    begins: set[int] = set()
    for row in table:
        if row.kind == "high" and row.to_ms is not None:
            runs = defrosts.remember(runs, Run(row.from_ms, row.to_ms, row.peak_c - band.upper_c))
            begins |= defrosts.learned(runs)
    return [replace(row, defrost=row.kind == "high" and row.from_ms in begins) for row in table]


def _begun(kind: str, at_ms: int, value_c: float) -> Stay:
    return Stay(
        kind=kind,
        from_ms=at_ms,
        last_ms=at_ms,
        peak_c=value_c,
        low_c=value_c,
        mean_c=value_c,
        spread=0.0,
        samples=1,
        unknown_ms=0,
    )


def _longer(stay: Stay, value_c: float) -> Stay:
    samples = stay.samples + 1
    off = value_c - stay.mean_c
    mean_c = stay.mean_c + off / samples
    pick = max if stay.kind == "high" else min
    return replace(
        stay,
        peak_c=pick(stay.peak_c, value_c),
        low_c=min(stay.low_c, value_c),
        mean_c=mean_c,
        spread=stay.spread + off * (value_c - mean_c),
        samples=samples,
    )


def _row(stay: Stay, to_ms: int | None, point: str) -> Excursion:
    return Excursion(
        point=point,
        from_ms=stay.from_ms,
        to_ms=to_ms,
        kind=stay.kind,
        peak_c=stay.peak_c,
        mean_c=stay.mean_c,
        low_c=stay.low_c,
        deviation_c=sqrt(max(0.0, stay.spread) / (stay.samples - 1)) if stay.samples > 1 else 0.0,
        samples=stay.samples,
        minutes=(stay.last_ms - stay.from_ms) / 60_000,
        unknown_minutes=stay.unknown_ms / 60_000,
    )
