"""What no air does: a sensor that must be wrong, where no second one says so; pure.

Three things betray it. A value that is out of reach: no closed body gets so hot, no evaporator so
cold. A jump that no air makes and that stays flat: air which heads for an end ``Ta`` goes at most
``(Ta - T)·(1 - e^(-t/τ))`` in a time t, and what comes in by a door never stands still. And a value
that is stuck to the last digit for far longer than ever before here. Air that settles does so as
well, but it comes to its last digit from one side, and noise does not.
"""

from __future__ import annotations

from math import exp, inf

from msgspec import Struct
from msgspec.structs import replace

from telemetry.alarm.rules import Profile
from telemetry.alarm.sensors import JUMP, OUT_OF_REACH, STUCK
from telemetry.estimate.past import HOLE_MIN

HOTTEST_C, COLDEST_C = 70.0, -65.0
"""A closed body in the sun, and the coldest evaporator of a truck or a cold store, with room."""

BELOW_BAND_C = 40.0
"""Where the band itself is colder than usual, the coldest is so far below it."""

JUMP_C = 8.0
AMBIENT_C, EVAPORATOR_C = 45.0, -45.0
FASTEST_MIN = 30.0
"""A jump is so many degrees more than what air goes toward these ends with this time constant."""

JUMP_WITHIN_MIN = 2.5
"""Between samples farther apart a unit or a door may do anything."""

FLAT_MIN = 20.0
FLAT_C, FLAT_SHARE = 0.3, 0.02
"""Flat is what stays so near for so long: in °C, and as a share of the jump."""

BACK_SHARE = 0.5
"""A jump is over when the value has come back by more than this share of it."""

LONGEST_FAULT_MIN = 1440.0
"""After so long on its new level a sensor counts as another one, with usual ways of its own."""

STUCK_MIN = 180.0
STUCK_RUNS = 4.0
"""A value is stuck that stays the same for so long, and for so many times the longest run."""

FEWEST_STEPS = 480
"""Before so many steps the longest run is not known."""

TURN_FADES, LEAST_TURNS = 0.5, 0.3
"""Noise goes up and down: of its last changes some were turns. Each counts for half of the next."""

RUN_FADES_MIN = 30 * 1440.0
DIGITS = 6
"""Means of equal samples are equal to so many digits."""


class Doubtful(Struct, frozen=True, gc=False):
    """Something that no air does.

    Parameters
    ----------
    rule
        ``JUMP``, ``STUCK`` or ``OUT_OF_REACH``.
    from_min
        When it began.
    base_c, level_c
        What was measured before, and then.
    most_c
        How far apart both may be.
    is_sure
        Whether it has lasted for long enough.
    """

    rule: str
    from_min: float
    base_c: float
    level_c: float
    most_c: float = 0.0
    is_sure: bool = False


class Senses(Struct, frozen=True, gc=False):
    """What is remembered of a sensor.

    Parameters
    ----------
    at_min, value_c
        The last step; None before the first.
    same_min
        Since when the value is the same.
    rose, turns
        Whether it rose to where it is, and how often it turned in its last changes.
    longest_min, steps
        How long a value stayed at most, and how many steps say so.
    """

    at_min: float | None = None
    value_c: float = 0.0
    same_min: float = 0.0
    rose: bool = False
    turns: float = 0.0
    longest_min: float = 0.0
    steps: int = 0
    doubtful: Doubtful | None = None

    def felt(self, at_min: float, value_c: float, *, told: bool, learn: bool) -> Senses:
        """Take the value of a step.

        Parameters
        ----------
        at_min, value_c
            Now.
        told
            Whether somebody says that a door is open or the unit defrosts.
        learn
            Whether this may be taken for usual.
        """
        value_c = round(value_c, DIGITS)
        if self.at_min is None:
            return replace(self, at_min=at_min, value_c=value_c, same_min=at_min)
        if self.doubtful is not None:
            return self._doubting(self.doubtful, at_min, value_c, told=told)
        if at_min - self.at_min > HOLE_MIN:
            return self._anew(at_min, value_c)
        if value_c == self.value_c:
            return self._same(at_min, learn=learn)
        if abs(value_c - self.value_c) > JUMP_C and not told:
            most_c = _farthest_c(at_min - self.at_min, self.value_c, up=value_c > self.value_c)
            if abs(value_c - self.value_c) > most_c:
                return replace(self, doubtful=Doubtful(JUMP, at_min, self.value_c, value_c, most_c))
        run_min, longest_min = at_min - self.same_min, self.longest_min
        if learn:
            fades = max(0.0, 1.0 - (at_min - self.at_min) / RUN_FADES_MIN)
            longest_min = max(longest_min * fades, min(run_min, LONGEST_FAULT_MIN))
        rose = value_c > self.value_c
        return Senses(
            at_min,
            value_c,
            at_min,
            rose,
            TURN_FADES * self.turns + (rose is not self.rose),
            longest_min,
            min(self.steps + learn, FEWEST_STEPS),
        )

    def beyond(self, at_min: float, value_c: float, delay_min: float) -> Senses:
        """Take a value that is out of reach.

        Parameters
        ----------
        at_min, value_c
            Now.
        delay_min
            How long that has to last.
        """
        doubtful = self.doubtful
        if doubtful is None or doubtful.rule != OUT_OF_REACH:
            base_c = self.value_c if doubtful is None else doubtful.base_c
            edge_c = HOTTEST_C if value_c > base_c else COLDEST_C
            doubtful = Doubtful(OUT_OF_REACH, at_min, base_c, value_c, abs(edge_c - base_c))
        is_sure = doubtful.is_sure or at_min - doubtful.from_min >= delay_min
        return replace(self, doubtful=replace(doubtful, is_sure=is_sure))

    def _anew(self, at_min: float, value_c: float) -> Senses:
        """Begin with a value that may be believed; nobody knows what the air did before."""
        return Senses(at_min, value_c, at_min, longest_min=self.longest_min, steps=self.steps)

    def _doubting(self, doubtful: Doubtful, at_min: float, value_c: float, *, told: bool) -> Senses:
        """See whether doubt is over: a jump that does not stay, a value that moves again."""
        level_c, base_c = doubtful.level_c, doubtful.base_c
        if doubtful.rule != JUMP:
            is_stuck = doubtful.rule == STUCK and value_c == level_c
            return self if is_stuck else self._anew(at_min, value_c)
        if not doubtful.is_sure and at_min - doubtful.from_min <= JUMP_WITHIN_MIN:
            further_c = value_c - level_c
            if further_c * (level_c - base_c) > 0.0:
                # The jump may lie within the minute that the first value is the mean of.
                return replace(self, doubtful=replace(doubtful, level_c=value_c))
        height_c = abs(level_c - base_c)
        if abs(value_c - level_c) > max(FLAT_C, FLAT_SHARE * height_c):
            is_back = abs(value_c - base_c) <= BACK_SHARE * height_c
            if is_back or not doubtful.is_sure:
                return self._anew(at_min, value_c)
        age_min = at_min - doubtful.from_min
        if told or age_min > LONGEST_FAULT_MIN:
            return self._anew(at_min, value_c)
        if doubtful.is_sure or age_min < FLAT_MIN:
            return self
        return replace(self, doubtful=replace(doubtful, is_sure=True))

    def _same(self, at_min: float, *, learn: bool) -> Senses:
        """See whether a value that does not change is stuck."""
        if self._is_stuck(at_min):
            stuck = Doubtful(STUCK, self.same_min, self.value_c, self.value_c, is_sure=True)
            return replace(self, doubtful=stuck)
        return Senses(
            at_min,
            self.value_c,
            self.same_min,
            self.rose,
            self.turns,
            self.longest_min,
            min(self.steps + learn, FEWEST_STEPS),
        )

    def _is_stuck(self, at_min: float) -> bool:
        age_min = at_min - self.same_min
        if age_min < STUCK_MIN or self.steps < FEWEST_STEPS:
            return False
        return age_min >= STUCK_RUNS * self.longest_min and self.turns >= LEAST_TURNS


def is_out_of_reach(profile: Profile, value_c: float) -> bool:
    """Say whether no air of a point can be so hot or so cold.

    Parameters
    ----------
    profile
        Its band may be colder than what is usual.
    value_c
        What a sensor says.
    """
    if COLDEST_C <= value_c <= HOTTEST_C:
        return False
    return value_c > HOTTEST_C or value_c < profile.band.upper_c - BELOW_BAND_C


def _farthest_c(minutes: float, before_c: float, *, up: bool) -> float:
    """Say how far air may go in a time; infinite where the time is too long to say."""
    if not 0.0 < minutes <= JUMP_WITHIN_MIN:
        return inf
    away_c = AMBIENT_C - before_c if up else before_c - EVAPORATOR_C
    return JUMP_C + max(0.0, away_c) * (1.0 - exp(-minutes / FASTEST_MIN))
