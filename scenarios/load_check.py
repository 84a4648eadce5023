"""How much more could be ordered: the largest k with enough in time and no zone too small.

Factors lie on a grid of 2.5 % steps, k = 1.025^i. A factor holds where the plan of the day with all
demand times k brings the target share in time and leaves nothing out because a compartment, a
warehouse or a point is full. From 1 the bounds double until they enclose the limit, then halve.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from optimizer.domain.errors import ColdgridError
from optimizer.domain.limit import Halt, Limit
from optimizer.domain.plan import UnservedReason
from scenarios.applying import Base, applied
from scenarios.overrides.demand import ScaleDemand
from scenarios.planning import plan_of, shortages
from scenarios.results import Sentence, Shortage
from scenarios.spec import Step
from scenarios.telling import late_sentence, shortage_sentence

GRID = 1.025
MOST_STEPS = 110
"""1.025^110 is 15: who has room for more has no question."""

ON_TIME = 0.95
FULL = frozenset(
    reason.value
    for reason in (
        UnservedReason.ZONE_CAPACITY,
        UnservedReason.GRID_CAPACITY,
        UnservedReason.SITE_CAPACITY,
        UnservedReason.LOCKER,
        UnservedReason.PAYLOAD,
    )
)
NOTHING = Sentence("Nothing binds at the largest factor tried.", "在试验的最大倍数下仍无瓶颈。")


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """A factor that was tried.

    Parameters
    ----------
    step
        Of the grid: the factor is 1.025 to this power.
    holds
        Whether the day keeps its promises.
    on_time_share
        Lines in time of those ordered.
    unserved_lines
        Lines left out.
    binding
        What binds; None where nothing does.
    """

    step: int
    holds: bool
    on_time_share: float
    unserved_lines: int
    binding: Sentence | None

    @property
    def factor(self) -> float:
        """Give the factor."""
        return factor_of(self.step)


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadLimit:
    """The answer of a load check.

    Parameters
    ----------
    factor
        The largest factor that holds; 0 where not even the smallest does.
    binding
        What binds just above it.
    trials
        All that was tried, by factor.
    """

    factor: float
    binding: Sentence
    trials: tuple[Trial, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadQuestion:
    """A day and the terms on which it is loaded.

    Parameters
    ----------
    base, steps
        The problem and the overrides before its demand grows.
    iterations, seed
        Of the planner.
    on_time
        The target share.
    by
        Whether lines grow or orders multiply: ``size`` or ``orders``.
    halt
        Asked whether to give up; None cannot be asked.
    """

    base: Base
    steps: tuple[Step, ...] = ()
    iterations: int
    seed: int
    on_time: float = ON_TIME
    by: str = "size"
    halt: Halt | None = None

    def trial(self, step: int) -> Trial:
        """Plan the day with all demand times a factor of the grid.

        Raises
        ------
        ColdgridError
            Somebody asked to give up.
        """
        setting = applied(self.base, self.steps, self.seed)
        heavier = ScaleDemand(factor=factor_of(step), by=self.by).applied(setting, self.seed)
        limit = Limit(iterations=self.iterations, halt=self.halt)
        plan = plan_of(heavier, seed=self.seed, limit=limit)
        if limit.halted:
            raise ColdgridError("CG-1617", f"{factor_of(step):g} times the demand was being tried")
        short = shortages(heavier.problem, plan)
        share = plan.kpis["on_time_share"]
        full = [one for one in short if one.reason in FULL]
        return Trial(
            step=step,
            holds=share >= self.on_time and not full,
            on_time_share=share,
            unserved_lines=len(plan.unserved),
            binding=_binding(full, short, plan.kpis),
        )


def factor_of(step: int) -> float:
    """Give a factor of the grid, to four decimals."""
    return round(GRID**step, 4)


def _binding(
    full: Sequence[Shortage], short: Sequence[Shortage], figures: Mapping[str, float]
) -> Sentence | None:
    """Name what is full, else what is left out for another reason, else what is late."""
    first = next(iter((*full, *short)), None)
    return late_sentence(figures) if first is None else shortage_sentence(first)


def load_limit(question: LoadQuestion) -> LoadLimit:
    """Find the largest factor that holds, by bisection.

    Parameters
    ----------
    question
        The day and its terms.
    """
    trials: dict[int, Trial] = {}

    def holds(step: int) -> bool:
        if step not in trials:
            trials[step] = question.trial(step)
        return trials[step].holds

    low, high = _enclosed(holds)
    while low is not None and high is not None and high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if holds(middle) else (low, middle)
    above = None if high is None else trials[high].binding
    return LoadLimit(
        factor=0.0 if low is None else factor_of(low),
        binding=above or NOTHING,
        trials=tuple(trials[step] for step in sorted(trials)),
    )


def _enclosed(holds: Callable[[int], bool]) -> tuple[int | None, int | None]:
    """Enclose the limit between a step that holds and one that does not; None for none."""
    reach = 8
    if holds(0):
        low = 0
        while low < MOST_STEPS:
            high = min(low + reach, MOST_STEPS)
            if not holds(high):
                return low, high
            low, reach = high, reach * 2
        return low, None
    high = 0
    while high > -MOST_STEPS:
        low = max(high - reach, -MOST_STEPS)
        if holds(low):
            return low, high
        high, reach = low, reach * 2
    return None, high
