"""One point on trial: what is learned from, what is watched as it is, and how it fails.

A watcher learns once. Over the time in which nothing is injected it is judged for false alarms, and
branched at the instant of each failure.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from telemetry.alarm.excursion import excursions
from telemetry.alarm.rules import Profile
from telemetry.alarm.state import Sample
from telemetry.alarm.words import Excursion
from telemetry.scoring.clean import SHORTEST_EXCURSION_MIN, Clean, clean_verdict
from telemetry.scoring.injection import Episode
from telemetry.scoring.verdicts import Verdict, verdict
from telemetry.scoring.watchers import Turn, Watcher


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """A point with its failures.

    Parameters
    ----------
    subject
        Number of the group in which its figures are shown.
    profile
        The rules that it is judged by.
    first, second
        Samples to learn from, and samples to watch.
    from_ms, to_ms
        Between them is watched.
    real
        Excursions of that time which nobody injected.
    episodes
        The failures, by when they begin.
    """

    subject: int
    profile: Profile
    first: tuple[Sample, ...]
    second: tuple[Sample, ...]
    from_ms: int
    to_ms: int
    real: tuple[Excursion, ...]
    episodes: tuple[Episode, ...]

    def judge(self, watcher: Watcher) -> tuple[tuple[Verdict, ...], Clean]:
        """Let a watcher learn, watch while nothing is injected, and see every failure."""
        for sample in self.first:
            watcher.learn(sample)
        turns: list[Turn] = []
        branches: list[Watcher] = []
        waiting = list(reversed(self.episodes))
        for sample in self.second:
            while waiting and waiting[-1].failed_ms < sample.at_ms:
                waiting.pop()
                branches.append(watcher.branch())
            turns += watcher.take(sample).turns
        branches += [watcher.branch() for _ in waiting]
        clean = clean_verdict(turns, self.real, self.from_ms, self.to_ms, subject=self.subject)
        pairs = zip(branches, self.episodes, strict=True)
        return tuple(verdict(branch, episode, clean) for branch, episode in pairs), clean


def long_excursions(samples: Sequence[Sample], profile: Profile) -> tuple[Excursion, ...]:
    """Find the excursions that an alarm may be about."""
    found = excursions(samples, profile.band)
    return tuple(one for one in found if one.minutes >= SHORTEST_EXCURSION_MIN)
