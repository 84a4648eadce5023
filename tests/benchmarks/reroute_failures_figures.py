"""The figures of the trial: shares with their intervals over days, and where the rest is lost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from optimizer.domain.units import Cents
from tests.benchmarks.reroute_failures_cases import Case
from tests.benchmarks.reroute_failures_decide import Decided
from tests.benchmarks.reroute_failures_outcome import Option, Options

RESAMPLES = 2000
WANTED_SHARE, MOST_FALSE = 0.85, 0.10


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One case, decided and judged.

    Parameters
    ----------
    idle_lost
        Value that is lost if nobody does anything.
    answers
        What each question could have led to, in order; the last decision stands.
    early
        The ways out at the moment of the failure, by who knows when the goods break.
    knowing
        The same at the moment of the decision; None where that was not asked for.
    """

    case: Case
    decided: Decided
    idle_lost: Cents
    answers: tuple[Options, ...] = ()
    early: Options | None = None
    knowing: Options | None = None

    @property
    def chosen(self) -> Option | None:
        """The way that was gone; None where nobody asked."""
        return self.answers[-1].first if self.answers else None

    @property
    def reached(self) -> Cents:
        """What was saved, less what it cost."""
        return self.answers[-1].reached if self.answers else 0

    @property
    def at_hand(self) -> Cents:
        """What the best in hindsight saves among the ways that were judged.

        A wrong estimate hides ways: those that are found knowing when the goods break count too.
        """
        answers = self.answers if self.knowing is None else (*self.answers, self.knowing)
        return max((one.possible for one in answers), default=0)

    @property
    def shown(self) -> Cents:
        """What the best in hindsight saves among the ways that were shown."""
        return max((one.possible for one in self.answers), default=0)

    @property
    def from_the_start(self) -> Cents:
        """What the best saves that is possible at the moment of the failure."""
        return self.at_hand if self.early is None else self.early.possible

    @property
    def wanted(self) -> Cents:
        """What ought to have been saved; where nobody asked, counted from the failure."""
        return self.at_hand if self.answers else self.from_the_start

    @property
    def known(self) -> Cents:
        """What the first proposal saves if the true moment of the break is known."""
        return self.reached if self.knowing is None else self.knowing.reached

    @property
    def is_false(self) -> bool:
        """Say whether goods were diverted that had lost nothing on their way."""
        chosen = self.chosen
        return chosen is not None and chosen.diverts and not self.answers[-1].nothing.lost


def ratio_of(
    results: Sequence[Result], top: Callable[[Result], float], below: Callable[[Result], float]
) -> dict[str, float]:
    """Give a share of sums with its 95 % interval, days drawn anew with replacement."""
    days = sorted({one.case.failure.day for one in results})
    place = {day: number for number, day in enumerate(days)}
    sums = np.zeros((2, len(days)))
    for one in results:
        sums[:, place[one.case.failure.day]] += (top(one), below(one))
    drawn = np.random.default_rng(0).integers(0, len(days), (RESAMPLES, len(days)))
    tops, belows = sums[0][drawn].sum(axis=1), sums[1][drawn].sum(axis=1)
    shares = tops[belows > 0] / belows[belows > 0]
    whole = sums[1].sum()
    if not whole or not len(shares):
        return {"share": 0.0, "low": 0.0, "high": 0.0}
    low, high = np.quantile(shares, [0.025, 0.975])
    found = {"share": sums[0].sum() / whole, "low": float(low), "high": float(high)}
    return {name: round(float(value), 4) for name, value in found.items()}


def summary_of(results: Sequence[Result]) -> dict[str, object]:
    """Give everything that is printed."""
    diverted = [one for one in results if one.chosen is not None and one.chosen.diverts]
    false = [one for one in diverted if one.is_false]
    held = [code for one in results for asked in one.decided.asked for code in asked.held]
    seconds = sorted(asked.seconds for one in results for asked in one.decided.asked) or [0.0]
    share = ratio_of(results, lambda one: one.reached, lambda one: one.wanted)
    wrong = ratio_of(results, _counted(false), _counted(diverted))
    return {
        "failures": len(results),
        "lose_if_nobody_acts": sum(one.idle_lost > 0 for one in results),
        "lost_cents_if_nobody_acts": sum(one.idle_lost for one in results),
        "alarms": dict(Counter(one.decided.alarm or "none" for one in results)),
        "chosen": dict(Counter(one.chosen.word if one.chosen else "not asked" for one in results)),
        "saved_cents": sum(one.reached for one in results),
        "hindsight_cents": sum(one.wanted for one in results),
        "hindsight_share": share,
        "share_without_false_diversions": ratio_of(
            results, lambda one: 0 if one.is_false else one.reached, lambda one: one.wanted
        ),
        "share_of_what_was_possible_at_the_failure": ratio_of(
            results, lambda one: one.reached, lambda one: max(one.wanted, one.from_the_start)
        ),
        "diversions": len(diverted),
        "false_diversions": len(false),
        "false_share": wrong,
        "false_cost_cents": -sum(one.reached for one in false),
        "false_by_kind": dict(Counter(one.case.failure.kind for one in false)),
        "refused_by_checker": dict(Counter(held)),
        "where_the_rest_is_lost": where_lost(results),
        "by_kind": _by(results, lambda one: one.case.failure.kind),
        "by_zone": _by(results, lambda one: one.case.failure.zone.value),
        "propose_cpu_p50_s": round(seconds[len(seconds) // 2], 3),
        "propose_cpu_p95_s": round(seconds[int(0.95 * (len(seconds) - 1))], 3),
        "reached": share["share"] >= WANTED_SHARE and wrong["share"] <= MOST_FALSE and not held,
    }


def where_lost(results: Sequence[Result]) -> dict[str, Cents]:
    """Split what is not saved, against what was possible at the moment of the failure.

    What is possible at the failure and no more when somebody decides was noticed late. Of the
    rest, that which the same question with the true moment of the break would have saved is the
    estimate's fault: ways that it hid, ways that it ranked wrongly, and needless diversions. What
    then remains is the ranking's.
    """
    lost: Counter[str] = Counter()
    for one in results:
        if not one.answers:
            noticed = "not noticed" if not one.decided.alarm else "noticed, but not clear"
            lost[noticed] += one.from_the_start
            continue
        lost["noticed late"] += max(0, one.from_the_start - one.at_hand)
        if one.is_false:
            lost["needless diversion"] += one.at_hand - one.reached
            continue
        hidden = one.at_hand - one.shown
        lost["hidden by a wrong estimate"] += hidden
        by_estimate = max(0, min(one.known, one.shown) - one.reached)
        lost["wrong estimate"] += by_estimate
        lost["best way not ranked first"] += one.shown - one.reached - by_estimate
    return dict(lost)


def _by(results: Sequence[Result], key: Callable[[Result], str]) -> dict[str, dict[str, float]]:
    found: dict[str, dict[str, float]] = {}
    for name in sorted({key(one) for one in results}):
        mine = [one for one in results if key(one) == name]
        wanted = sum(one.wanted for one in mine)
        found[name] = {
            "failures": len(mine),
            "hindsight_cents": wanted,
            "saved_cents": sum(one.reached for one in mine),
            "diversions": sum(bool(one.chosen and one.chosen.diverts) for one in mine),
            "false": sum(one.is_false for one in mine),
        }
    return found


def _counted(among: Sequence[Result]) -> Callable[[Result], float]:
    numbers = {one.case.failure.number for one in among}
    return lambda one: float(one.case.failure.number in numbers)
