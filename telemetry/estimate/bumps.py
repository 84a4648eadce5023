"""Bumps: the air shoots up and comes back, as in a defrost or while a door is open.

The goods hardly notice one. How high bumps are, how long they rise and how long they stay high is
learned from those before; what is like none of them is no bump.
"""

from __future__ import annotations

from math import inf

from msgspec import Struct
from msgspec.structs import replace

from telemetry.estimate.past import WITHIN_MIN

STEEP_C = 1.5
STEEP_SWINGS = 2.0
"""A bump begins where the air rises by so much within ``WITHIN_MIN``: in °C, in usual swings."""

OVER_SHARE = 0.3
"""It is over when the air is back to this share of that rise, or to where it usually is."""

HIGH_SHARE = 0.5
BACK_SHARE, BACK_C = 0.25, 1.0
"""When the air has come down by this share of the height, and so many degrees, cooling is at work.
"""

CLIMB_MIN, CLIMB_SHARE = 15.0, 0.8
LONGEST_MIN = 180.0
UNLEARNED_MIN = 45.0
"""How long a bump may rise while most are not known yet."""

OFTEN = 4
REMEMBERED = 24
ALIKE = 1.3
ALIKE_MIN = 10.0
"""Bumps whose heights differ by no such factor, and whose times by no more, are remembered as one.
"""

STRETCH = 1.25
SLACK_MIN = 5.0
SLACK_C = 1.0
"""By how much a bump may be longer and higher than one before it and still be like it."""


class Known(Struct, frozen=True, gc=False):
    """A bump that is over.

    Parameters
    ----------
    height_c, high_min, rose_min
        Its height, how long it was high, and how long it rose.
    climbed_c
        How high it was ``CLIMB_MIN`` after it had been noticed.
    times
        How often it has been seen.
    """

    height_c: float
    high_min: float
    rose_min: float
    climbed_c: float
    times: int = 1


class Bump(Struct, frozen=True, gc=False):
    """A bump that is going on.

    Parameters
    ----------
    level_c
        Where the air was before.
    over_c
        When the air is below it, the bump is over.
    top_c, top_min
        Its highest point up to now.
    high_min
        When it was last above half of its height.
    told
        Whether somebody said so: a door that is open, a unit that defrosts.
    climbed_c
        How high it was ``CLIMB_MIN`` after it had been noticed, or is before that.
    low_c
        The coldest since its highest point.
    """

    from_min: float
    level_c: float
    over_c: float
    top_c: float
    top_min: float
    high_min: float
    told: bool = False
    climbed_c: float = 0.0
    low_c: float = inf

    def is_like(self, one: Known, at_min: float) -> bool:
        """Say whether it may still become like one before it."""
        height_c = self.top_c - self.level_c
        rose_min, high_min = self.top_min - self.from_min, self.high_min - self.from_min
        if height_c > STRETCH * one.height_c + SLACK_C:
            return False
        if rose_min > STRETCH * one.rose_min + SLACK_MIN:
            return False
        if high_min > STRETCH * one.high_min + SLACK_MIN:
            return False
        age_min = at_min - self.from_min
        if age_min > one.rose_min + SLACK_MIN and height_c < HIGH_SHARE * one.height_c:
            return False
        has_climbed = age_min >= WITHIN_MIN + CLIMB_MIN
        share = CLIMB_SHARE if one.times >= OFTEN else HIGH_SHARE
        return not has_climbed or self.climbed_c >= share * one.climbed_c


class Bumps(Struct, frozen=True, gc=False):
    """The bump that is going on, and those before it."""

    now: Bump | None = None
    known: tuple[Known, ...] = ()

    def follow(
        self, at_min: float, value_c: float, before_c: float, *, swing_c: float, usual_c: float,
        told: bool,
    ) -> Bumps:  # fmt: skip
        """Take the air's temperature.

        Parameters
        ----------
        at_min, value_c
            Now.
        before_c
            The coldest of the last ``WITHIN_MIN``.
        swing_c, usual_c
            How far the air usually moves, and up to where.
        told
            Whether somebody says that there is one.
        """
        bump = self.now
        steep_c = max(STEEP_C, STEEP_SWINGS * swing_c)
        if bump is None:
            if not told and not self.begins(value_c, before_c, swing_c):
                return self
            over_c = max(before_c + OVER_SHARE * steep_c, usual_c)
            return replace(self, now=_begun(at_min, value_c, before_c, over_c, told=told))
        if value_c - bump.low_c >= steep_c and self.comes_back(bump.low_c):
            # It came back, and here is another one.
            over_c = max(bump.low_c + OVER_SHARE * steep_c, usual_c)
            again = _begun(at_min, value_c, bump.low_c, over_c, told=told)
            return replace(self, now=again)
        if value_c <= bump.over_c and not told:
            return Bumps(None, _remembered(self.known, _over(bump)))
        if at_min - bump.from_min > LONGEST_MIN:
            return replace(self, now=None)
        return replace(self, now=_further(bump, at_min, value_c, told=told))

    def begins(self, value_c: float, before_c: float, swing_c: float) -> bool:
        """Say whether the air rises as steeply as in a bump; figures as in ``follow``."""
        return value_c - before_c >= max(STEEP_C, STEEP_SWINGS * swing_c)

    def comes_back(self, value_c: float) -> bool:
        """Say whether the air comes down again, so that everybody can see that it is cooled."""
        bump = self.now
        if bump is None:
            return False
        return value_c < bump.top_c - max(BACK_C, BACK_SHARE * (bump.top_c - bump.level_c))

    def is_usual(self, at_min: float, *, is_new_here: bool) -> bool:
        """Say whether the bump that is going on may be like those before it.

        Parameters
        ----------
        at_min
            Now.
        is_new_here
            Whether the point has been watched for so short a time that most are not known yet.
        """
        bump = self.now
        if bump is None:
            return False
        if is_new_here:
            return bump.top_min - bump.from_min <= UNLEARNED_MIN
        return any(bump.is_like(one, at_min) for one in self.known)


def _begun(at_min: float, value_c: float, level_c: float, over_c: float, *, told: bool) -> Bump:
    return Bump(
        from_min=at_min - WITHIN_MIN,
        level_c=level_c,
        over_c=over_c,
        top_c=value_c,
        top_min=at_min,
        high_min=at_min,
        told=told,
        climbed_c=value_c - level_c,
    )


def _further(bump: Bump, at_min: float, value_c: float, *, told: bool) -> Bump:
    if value_c > bump.top_c:
        bump = replace(bump, top_c=value_c, top_min=at_min, low_c=inf)
        if at_min - bump.from_min <= WITHIN_MIN + CLIMB_MIN:
            bump = replace(bump, climbed_c=value_c - bump.level_c)
    elif value_c < bump.low_c:
        bump = replace(bump, low_c=value_c)
    if value_c > bump.level_c + HIGH_SHARE * (bump.top_c - bump.level_c):
        bump = replace(bump, high_min=at_min)
    return bump if bump.told is told else replace(bump, told=told)


def _over(bump: Bump) -> Known:
    begun_min = bump.from_min
    return Known(
        bump.top_c - bump.level_c,
        bump.high_min - begun_min,
        bump.top_min - begun_min,
        bump.climbed_c,
    )


def _remembered(known: tuple[Known, ...], new: Known) -> tuple[Known, ...]:
    """Add a bump; what is like one before it is put together with it, the longer one counts."""
    for place, one in enumerate(known):
        heights = sorted((one.height_c, new.height_c))
        if (
            heights[1] <= ALIKE * heights[0]
            and abs(one.high_min - new.high_min) <= ALIKE_MIN
            and abs(one.rose_min - new.rose_min) <= ALIKE_MIN
        ):
            both = Known(
                heights[1],
                max(one.high_min, new.high_min),
                max(one.rose_min, new.rose_min),
                min(one.climbed_c, new.climbed_c),
                one.times + 1,
            )
            return (*known[:place], *known[place + 1 :], both)
    return (*known, new)[-REMEMBERED:]
