"""A driver's score: on time, damage and temperature, weighted (FEATURES G6).

A part without data has no share and no weight: a van that measured nothing is not a van without
breaks. A score of nothing is None, not a hundred.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from api.road.facts import Fate, LineFact, ReadingFact
from optimizer.domain.ids import VehicleId


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreRules:
    """Weights, and how much later than planned still counts as on time.

    Parameters
    ----------
    on_time, temperature, damage
        Weights of the parts.
    tolerance
        A driver is not late who hands over by the promise, or no later than this after the
        planned time: a plan that breaks a promise is not the driver's fault.
    """

    on_time: float = 0.5
    temperature: float = 0.3
    damage: float = 0.2
    tolerance: timedelta = timedelta(minutes=15)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One part of a score: how many were good of how many."""

    good: int
    of: int

    @property
    def share(self) -> float | None:
        """Give the share; None where there is nothing to share."""
        return self.good / self.of if self.of else None


@dataclass(frozen=True, slots=True, kw_only=True)
class DriverScore:
    """The score of one vehicle's driver, from 0 to 100.

    Parameters
    ----------
    on_time
        Lines handed over on time, of lines handed over.
    temperature
        Product temperatures inside their band, of those measured.
    damage
        Grams not damaged, of the grams of lines that are accounted for.
    """

    vehicle: VehicleId
    score: float | None
    on_time: Part
    temperature: Part
    damage: Part


def driver_scores(
    lines: Iterable[LineFact], readings: Iterable[ReadingFact], rules: ScoreRules
) -> list[DriverScore]:
    """Score every vehicle that the facts name, the best first, those without data last.

    Parameters
    ----------
    lines, readings
        Facts of all plans.
    rules
        Weights and tolerance.
    """
    by_vehicle: dict[VehicleId, tuple[list[LineFact], list[ReadingFact]]] = defaultdict(
        lambda: ([], [])
    )
    for line in lines:
        if line.vehicle is not None:
            by_vehicle[line.vehicle][0].append(line)
    for reading in readings:
        by_vehicle[reading.vehicle][1].append(reading)
    scores = [_score(name, *facts, rules) for name, facts in by_vehicle.items()]
    return sorted(scores, key=lambda s: (s.score is None, -(s.score or 0.0), s.vehicle))


def _score(
    vehicle: VehicleId, lines: list[LineFact], readings: list[ReadingFact], rules: ScoreRules
) -> DriverScore:
    handed = [fact for fact in lines if fact.fate in (Fate.ON_TIME, Fate.LATE)]
    decided = [fact for fact in lines if fact.fate in (Fate.ON_TIME, Fate.LATE, Fate.FAILED)]
    parts = {
        "on_time": Part(good=sum(_in_time(fact, rules) for fact in handed), of=len(handed)),
        "temperature": Part(good=sum(fact.inside for fact in readings), of=len(readings)),
        "damage": Part(
            good=sum(fact.planned_g - fact.damaged_g for fact in decided),
            of=sum(fact.planned_g for fact in decided),
        ),
    }
    return DriverScore(vehicle=vehicle, score=_weighted(parts, rules), **parts)


def _in_time(fact: LineFact, rules: ScoreRules) -> bool:
    if fact.handed_at is None or fact.planned_at is None:
        return False
    return fact.handed_at <= max(fact.due_at, fact.planned_at + rules.tolerance)


def _weighted(parts: Mapping[str, Part], rules: ScoreRules) -> float | None:
    known = [
        (getattr(rules, name), part.share) for name, part in parts.items() if part.share is not None
    ]
    weight = sum(one for one, _ in known)
    return 100.0 * sum(one * share for one, share in known) / weight if weight else None
