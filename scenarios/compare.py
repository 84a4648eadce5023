"""Says whether a variant differs from its baseline: pairs by seed, and the t-test of Student.

Both were played with the same seeds, and under the same seed their legs and stops share their luck
(``scenarios.variation``). So the differences of the pairs vary much less than the figures do, and
a few seeds are enough: d̄ ± t(n − 1) · s_d / √n, with d̄ and s_d the mean and the standard
deviation of the n differences.

Of five pairs a bootstrap knows 126 different samples and no tails, so its intervals are too narrow;
therefore the t interval alone is used. Differences of pairs are nearer to a normal distribution
than the figures are: what both days share falls out. Single days that stick out widen the
interval: the verdict is then rather "no difference" than a wrong one.

The level is 99 %: a report shows a dozen figures for several variants, and at 95 % every other
report would praise or blame one that differs by chance.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import atan, cos, inf, pi, sin, sqrt
from statistics import fmean, stdev
from typing import Literal, TypeAlias

from scenarios.metrics.kpi import Better

Verdict: TypeAlias = Literal["better", "worse", "no difference"]

LEVEL = 0.99
BISECTIONS = 200
ROUNDING = 1e-9
"""A share of the figures by which sums of floats differ."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """A figure of a variant beside that of its baseline.

    Parameters
    ----------
    baseline, variant
        Means.
    difference
        Variant less baseline; ``low`` to ``high`` holds it at the level. Both are None where one
        pair alone says nothing of chance.
    share
        The difference as a share of the baseline; None where that is 0.
    pairs
        How many seeds.
    """

    baseline: float
    variant: float
    difference: float
    low: float | None
    high: float | None
    share: float | None
    pairs: int
    verdict: Verdict


def compare(
    baseline: Sequence[float],
    variant: Sequence[float],
    *,
    better: Better = "less",
    level: float = LEVEL,
) -> Comparison:
    """Compare figures of the same seeds in the same order.

    Parameters
    ----------
    baseline, variant
        One figure per seed.
    better
        Which way is good.
    level
        Of the interval.

    Raises
    ------
    ValueError
        There is nothing to compare, or the seeds are not the same number.
    """
    if not baseline or len(baseline) != len(variant):
        raise ValueError("both need the same seeds, and at least one")
    apart = [one - other for one, other in zip(variant, baseline, strict=True)]
    mean, difference = fmean(baseline), fmean(apart)
    low: float | None = None
    high: float | None = None
    if len(apart) > 1:
        half = quantile(level, len(apart) - 1) * stdev(apart) / sqrt(len(apart))
        low, high = difference - half, difference + half
    return Comparison(
        baseline=mean,
        variant=fmean(variant),
        difference=difference,
        low=low,
        high=high,
        share=difference / mean if mean else None,
        pairs=len(apart),
        verdict=_verdict(low, high, better, ROUNDING * max(map(abs, (*baseline, *variant)))),
    )


def _verdict(low: float | None, high: float | None, better: Better, rounding: float) -> Verdict:
    if low is None or high is None or (low <= rounding and high >= -rounding):
        return "no difference"
    return "better" if (low > 0) == (better == "more") else "worse"


def quantile(level: float, freedom: int) -> float:
    """Give the t that |T| stays within with this probability, for so many degrees of freedom."""
    low, high = 0.0, 1.0
    while within(high, freedom) < level and high < inf:
        high *= 2.0
    for _ in range(BISECTIONS):
        middle = (low + high) / 2.0
        low, high = (middle, high) if within(middle, freedom) < level else (low, middle)
    return high


def within(t: float, freedom: int) -> float:
    """Give P(|T| ≤ t) of Student's distribution.

    The finite series of Abramowitz and Stegun, 26.7.3 and 26.7.4; the angle there is the arc
    tangent of t over the root of the degrees of freedom.
    """
    angle = atan(t / sqrt(freedom))
    cosine, sine = cos(angle), sin(angle)
    odd = freedom % 2
    term = cosine if odd else 1.0
    total = 0.0
    for step in range(1 + odd, freedom, 2):
        total += term
        term *= cosine * cosine * step / (step + 1)
    if odd:
        return 2.0 / pi * (angle + sine * total)
    return sine * total
