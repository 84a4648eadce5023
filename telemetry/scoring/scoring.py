"""Scores watchers on traces and failures injected into them: the entry of this room.

The same failures are shown to every watcher, and every watcher learns from the same past.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from telemetry.alarm.packs import load_packs
from telemetry.alarm.rules import Profile
from telemetry.scoring.clean import Clean
from telemetry.scoring.figures import Figures, figures
from telemetry.scoring.fleet_trial import USUAL, Timetable, fleet_trials
from telemetry.scoring.injection import Episode
from telemetry.scoring.trace_trial import Subject, trial_of
from telemetry.scoring.trial import Trial
from telemetry.scoring.verdicts import Verdict
from telemetry.scoring.watchers import WATCHERS, Watcher


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Figures of some failures, by watcher."""

    name: str
    figures: dict[str, Figures]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What was found.

    Parameters
    ----------
    injections
        How many failures there were.
    seed
        Of everything that was drawn.
    subjects, profiles
        The traces, and the rules of each as they were fitted.
    episodes
        The failures.
    verdicts, clean
        What the figures are made of, by watcher: one for each failure, and one for each point
        that was watched.
    """

    injections: int
    seed: int
    subjects: tuple[str, ...]
    profiles: tuple[Profile, ...]
    episodes: tuple[Episode, ...]
    verdicts: dict[str, tuple[Verdict, ...]]
    clean: dict[str, tuple[Clean, ...]]

    def everything(self) -> Group:
        """Give the figures over all."""
        return self.group("all")

    def by_subject(self) -> tuple[Group, ...]:
        """Give the figures of each trace."""
        return tuple(self.group(name, subject=i) for i, name in enumerate(self.subjects))

    def by_kind(self, subject: int | None = None) -> tuple[Group, ...]:
        """Give the figures of each kind of failure, of one trace where its number is given."""
        kinds = sorted({one.kind for one in self.episodes if subject in {None, one.subject}})
        return tuple(
            self.group(kind.replace("_", " "), subject=subject, kind=kind) for kind in kinds
        )

    def group(self, name: str, *, subject: int | None = None, kind: str | None = None) -> Group:
        """Give the figures of some failures.

        Parameters
        ----------
        name
            What to call them.
        subject
            Number of a trace; None takes all.
        kind
            What failed; None takes all.
        """
        chosen = [
            place
            for place, one in enumerate(self.episodes)
            if subject in {None, one.subject} and kind in {None, one.kind}
        ]
        return Group(
            name=name,
            figures={
                who: figures(
                    [found[place] for place in chosen],
                    [one for one in self.clean[who] if subject in {None, one.subject}],
                    self.seed,
                )
                for who, found in self.verdicts.items()
            },
        )


def score(
    traces: Sequence[Subject],
    *,
    injections: int = 500,
    seed: int = 1,
    lag_s: int = 0,
    fleet: int = 0,
    times: Timetable = USUAL,
    watchers: Sequence[Callable[[Profile], Watcher]] = WATCHERS,
) -> Report:
    """Score watchers on traces and failures injected into them, and on a virtual fleet.

    Parameters
    ----------
    traces
        The same number of failures goes into each.
    injections
        How many in all.
    seed
        Of everything that is drawn.
    lag_s
        How slowly goods follow the air of a trace; 0 protects the air.
    fleet
        How many units of a virtual fleet fail besides.
    times
        When what happens in the fleet.
    watchers
        Who is judged.

    Raises
    ------
    ColdgridError
        A trace is too short, or never well in its second half.
    """
    parts = len(traces)
    streams = np.random.SeedSequence(seed).spawn(parts)
    trials = [
        trial_of(
            trace,
            injections // parts + (place < injections % parts),
            np.random.default_rng(streams[place]),
            lag_s=lag_s,
            subject=place,
        )
        for place, trace in enumerate(traces)
    ]
    names = [trace.name for trace in traces]
    if fleet:
        more, zones = fleet_trials(fleet, load_packs(), seed=seed, first_subject=parts, times=times)
        trials += more
        names += zones
    return judged(trials, names, seed=seed, watchers=watchers)


def judged(
    trials: Sequence[Trial],
    subjects: Sequence[str],
    *,
    seed: int,
    watchers: Sequence[Callable[[Profile], Watcher]] = WATCHERS,
) -> Report:
    """Let watchers see trials, and report.

    Parameters
    ----------
    trials
        At least one of each subject.
    subjects
        Their names.
    seed
        Of the intervals.
    watchers
        Who is judged.
    """
    verdicts: dict[str, tuple[Verdict, ...]] = {}
    clean: dict[str, tuple[Clean, ...]] = {}
    for make in watchers:
        found = [trial.judge(make(trial.profile)) for trial in trials]
        name = make(trials[0].profile).name
        verdicts[name] = tuple(one for each, _ in found for one in each)
        clean[name] = tuple(each for _, each in found)
    episodes = tuple(one for trial in trials for one in trial.episodes)
    profiles = {trial.subject: trial.profile for trial in trials}
    return Report(
        injections=len(episodes),
        seed=seed,
        subjects=tuple(subjects),
        profiles=tuple(profiles[place] for place in range(len(subjects))),
        episodes=episodes,
        verdicts=verdicts,
        clean=clean,
    )
