"""The virtual fleet on trial: units that fail in it, and the truth of its goods.

The fleet's physics are its own, and richer than those of ``injection``: walls, goods, bulkheads,
doors, defrosts, weather. What fails is a space of a vehicle, or a room; at most one space of a
vehicle, for its neighbours feel it. The truth is when the goods leave their band for good.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import msgspec
import numpy as np
from msgspec import Struct

from optimizer.domain.temperature import Zone
from telemetry.alarm.rules import Profile
from telemetry.alarm.state import Sample
from telemetry.scoring.injection import Episode
from telemetry.scoring.material import HOUR_MS, MINUTE_MS
from telemetry.scoring.trial import Trial, long_excursions
from telemetry.scoring.truths import breach_ms, until_ms
from telemetry.virtual_fleet.clocks import OwnTime
from telemetry.virtual_fleet.failures import Failure, FailureKind, failure
from telemetry.virtual_fleet.fleet import Fleet
from telemetry.virtual_fleet.spec import AssetKind, DialectName, FleetSpec, SpaceSpec
from telemetry.virtual_fleet.spec_making import spec_of_size
from telemetry.virtual_fleet.truth import FailureTruth, SpaceTruth

START_MS = 1_767_225_600_000
"""Midnight of the first day of 2026, UTC."""

SENSORS_OF_A_GROUP, FAILURES_OF_A_GROUP = 24, 9
"""Three vehicles and a warehouse of six rooms."""

CAPACITY_LOST = (0.5, 1.0)
TOTAL_SHARE = 0.6
TOPIC = "coldgrid/sensors/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Timetable:
    """When what happens, in hours from the beginning; the rest in seconds.

    Parameters
    ----------
    watched_from_h
        Until then is learned.
    fails_h
        Between them units fail.
    ends_h
        When it is over.
    step_s, interval_s
        Of the fleet's physics, and between two readings of a sensor.
    """

    watched_from_h: int = 60
    fails_h: tuple[int, int] = (72, 96)
    ends_h: int = 144
    step_s: float = 30.0
    interval_s: int = 120


USUAL = Timetable()


class _Message(Struct):
    """What is needed of a flat JSON message."""

    temperature: float
    ts: int


@dataclass(slots=True, kw_only=True)
class _Log:
    """Takes down what the spaces that fail are like, and what their sensors say."""

    space_of: Mapping[str, str]
    samples: dict[str, list[Sample]]
    goods_c: dict[str, list[float]] = field(default_factory=dict)
    decode: msgspec.json.Decoder[_Message] = field(
        default_factory=lambda: msgspec.json.Decoder(_Message)
    )

    def publish(self, topic: str, payload: bytes) -> None:
        """Hear a message."""
        sensor = topic.removeprefix(TOPIC)
        space = self.space_of.get(sensor)
        if space is not None:
            said = self.decode.decode(payload)
            self.samples[space].append(Sample(said.ts, said.temperature, sensor))

    def write(self, lines: Sequence[SpaceTruth | FailureTruth]) -> None:
        """Take down the truth, a figure a minute."""
        for line in lines:
            if isinstance(line, SpaceTruth) and line.point in self.samples:
                self.goods_c.setdefault(line.point, []).append(line.product_c)


def fleet_trials(
    count: int,
    profiles: Mapping[str, Profile],
    *,
    seed: int = 1,
    first_subject: int = 0,
    times: Timetable = USUAL,
) -> tuple[tuple[Trial, ...], tuple[str, ...]]:
    """Let a fleet of its own fail so many times.

    Parameters
    ----------
    count
        Failures.
    profiles
        By zone.
    seed
        Of the fleet and its failures.
    first_subject
        Number of the first zone's group.
    times
        When what happens.

    Returns
    -------
    tuple
        A trial each, and the names of their groups.
    """
    chance = np.random.default_rng([seed, count])
    groups = -(-count // FAILURES_OF_A_GROUP)
    spec = replace(
        spec_of_size(
            SENSORS_OF_A_GROUP * groups,
            seed=seed,
            interval_s=times.interval_s,
            dialects=(DialectName.FLAT_JSON,),
        ),
        step_s=times.step_s,
    )
    failing = _failing(spec, chance)[:count]
    failures = tuple(_failure(space, times, chance) for space in failing)
    log = _Log(
        space_of={space.sensors[0].id: space.id for space in failing},
        samples={space.id: [] for space in failing},
    )
    fleet = Fleet(replace(spec, failures=failures))
    fleet.run(OwnTime(START_MS), log.publish, until_ms=times.ends_h * HOUR_MS, truth=log)
    zones = [zone for zone in Zone if any(space.zone is zone for space in failing)]
    trials = tuple(
        _trial(
            log,
            profiles[space.zone.value],
            what,
            START_MS + times.watched_from_h * HOUR_MS,
            first_subject + zones.index(space.zone),
        )
        for space, what in zip(failing, failures, strict=True)
    )
    return trials, tuple(f"virtual fleet: {zone.value}" for zone in zones)


def _failing(spec: FleetSpec, chance: np.random.Generator) -> list[SpaceSpec]:
    """Choose who fails: every room, and one space of each vehicle."""
    found: list[SpaceSpec] = []
    for asset in spec.assets:
        if asset.kind is AssetKind.SITE:
            found += asset.spaces
        else:
            found.append(asset.spaces[int(chance.integers(len(asset.spaces)))])
    return found


def _failure(space: SpaceSpec, times: Timetable, chance: np.random.Generator) -> Failure:
    minute = int(chance.integers(60 * times.fails_h[0], 60 * times.fails_h[1]))
    if chance.random() < TOTAL_SHARE:
        return failure(FailureKind.UNIT_OFF, space.id, minute=minute)
    lost = float(chance.uniform(*CAPACITY_LOST))
    return failure(FailureKind.CAPACITY_LOSS, space.id, minute=minute, amount=lost)


def _trial(log: _Log, profile: Profile, what: Failure, from_ms: int, subject: int) -> Trial:
    """Put one space on trial."""
    samples = log.samples[what.target]
    failed_ms = START_MS + round(1000 * what.from_s)
    goods_c = log.goods_c[what.target][round(what.from_s / 60.0) :]
    breaks_ms = breach_ms(failed_ms, goods_c, profile.band)
    last_ms = until_ms(failed_ms, breaks_ms)
    second = tuple(one for one in samples if from_ms <= one.at_ms <= failed_ms)
    return Trial(
        subject=subject,
        profile=profile,
        first=tuple(one for one in samples if one.at_ms < from_ms),
        second=second,
        from_ms=from_ms,
        to_ms=failed_ms,
        real=long_excursions(second, profile),
        episodes=(
            Episode(
                subject=subject,
                kind=what.kind.value,
                failed_ms=failed_ms,
                breach_ms=breaks_ms,
                samples=tuple(one for one in samples if failed_ms < one.at_ms <= last_ms),
                truth_c=tuple(goods_c[: (last_ms - failed_ms) // MINUTE_MS + 1]),
            ),
        ),
    )
