"""A recorded trace on trial: its first half is learned from, its second half watched, and failed.

Failures begin anywhere in the second half where the trace is heard and is well.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from optimizer.domain.errors import ColdgridError
from telemetry.alarm.rules import Profile
from telemetry.alarm.state import Sample
from telemetry.alarm.words import Excursion
from telemetry.scoring.injection import draw, inject
from telemetry.scoring.limits import fitted
from telemetry.scoring.material import MINUTE_MS, Material, material_of
from telemetry.scoring.trial import Trial, long_excursions
from telemetry.scoring.truths import HORIZON_MS

FEWEST_IN_A_HALF = 20
GIVE_UP_AFTER = 10_000
"""Instants that are tried for one failure."""

WELL_INSIDE_C = 0.5
"""Where the level is nearer to an edge than this, every cycle leaves the band."""

LONGEST_GAPS = 3
"""No failure begins in a gap of more usual intervals."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """A trace and the rules that it is judged by.

    Parameters
    ----------
    samples
        By time.
    profile
        The zone's.
    fits
        Whether its limits give way to the trace's control band.
    """

    name: str
    samples: tuple[Sample, ...]
    profile: Profile
    fits: bool = True


def trial_of(
    trace: Subject, count: int, chance: np.random.Generator, *, lag_s: int = 0, subject: int = 0
) -> Trial:
    """Put a trace on trial.

    Parameters
    ----------
    trace
        It, with its rules.
    count
        How many failures are injected.
    chance
        Where they come from.
    lag_s
        How slowly goods follow the air; 0 protects the air.
    subject
        Its number.

    Raises
    ------
    ColdgridError
        The trace is too short, or never well in its second half.
    """
    half_ms = (trace.samples[0].at_ms + trace.samples[-1].at_ms) // 2 if trace.samples else 0
    end_ms = trace.samples[-1].at_ms if trace.samples else 0
    first = tuple(one for one in trace.samples if one.at_ms < half_ms)
    second = tuple(one for one in trace.samples if one.at_ms >= half_ms)
    if min(len(first), len(second)) < FEWEST_IN_A_HALF:
        needs = f"and needs {FEWEST_IN_A_HALF} in each half"
        raise ColdgridError("CG-8511", f"{trace.name} has {len(trace.samples)} samples, {needs}")
    material = material_of(trace.samples)
    profile = fitted(trace.profile, material, half_ms) if trace.fits else trace.profile
    profile = replace(profile, product_lag_s=lag_s)
    real = long_excursions(second, profile)
    well = _Second(material=material, profile=profile, real=real)
    between = (half_ms, end_ms)
    instants = sorted(_instant_ms(trace.name, well, between, chance) for _ in range(count))
    lasting = material.lasting_until(end_ms + HORIZON_MS)
    return Trial(
        subject=subject,
        profile=profile,
        first=first,
        second=second,
        from_ms=half_ms,
        to_ms=end_ms,
        real=real,
        episodes=tuple(
            inject(
                lasting,
                profile.band,
                draw(at_ms, chance),
                chance,
                lag_s=lag_s,
                subject=subject,
                sensor=second[-1].sensor,
            )
            for at_ms in instants
        ),
    )


def _instant_ms(
    name: str, second: _Second, between: tuple[int, int], chance: np.random.Generator
) -> int:
    """Draw an instant at which the trace is heard and is well."""
    for _ in range(GIVE_UP_AFTER):
        at_ms = int(chance.integers(*between))
        if second.is_heard(at_ms) and second.is_well(at_ms):
            return at_ms
    raise ColdgridError("CG-8512", f"{name} is never well in its second half")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Second:
    """What is known of the second half."""

    material: Material
    profile: Profile
    real: tuple[Excursion, ...]

    def is_heard(self, at_ms: int) -> bool:
        material = self.material
        place = int(np.searchsorted(material.at_ms, at_ms, side="right"))
        if place in {0, len(material.at_ms)}:
            return False
        gap_ms = int(material.at_ms[place] - material.at_ms[place - 1])
        return gap_ms <= LONGEST_GAPS * max(material.interval_ms, MINUTE_MS)

    def is_well(self, at_ms: int) -> bool:
        level_c = float(self.material.level_c(np.array([at_ms]))[0])
        return self.profile.band.margin_c(level_c) >= WELL_INSIDE_C and not any(
            one.from_ms <= at_ms and (one.to_ms is None or at_ms < one.to_ms) for one in self.real
        )
