"""From drafts to proposals: the best are judged by the checker, and only what stands is offered.

Giving up the goods is offered where nothing else is left, or where it is worth more. Driving on
comes first, whatever it is worth, until ``risk`` says that goods are to be diverted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from optimizer.domain.plan import Violation
from optimizer.response.candidates import Candidates
from optimizer.response.checking import Checker, running_checker
from optimizer.response.draft import Draft
from optimizer.response.judging import Bench, Verdict, held_against, judged, written
from optimizer.response.resequencing import resequenced
from optimizer.response.risk import is_to_be_diverted
from optimizer.response.staying import quarantine
from optimizer.response.telling import told
from optimizer.response.value import money
from optimizer.response.why_not import check_fails
from optimizer.response.words import (
    Kind,
    MeasuredFrom,
    Money,
    Outcome,
    Proposal,
    Refusal,
)

MOST_JUDGED = 16
"""So many of the best drafts are judged; they are checked side by side."""

MOST_OF_A_KIND, MOST_REORDERED = 3, 12
"""So many of the best drafts of one kind, and of all, get a better order of their open stops."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """A draft that may be proposed, best first in its list.

    Parameters
    ----------
    alone
        What the checker finds in its routes one by one.
    final
        Whether it stands whatever the checker says: it changes no time.
    """

    draft: Draft
    money: Money
    alone: tuple[Violation, ...]
    final: bool

    @property
    def name(self) -> tuple[Kind, str]:
        """What tells ways out apart for a person: one of each kind, but every station."""
        draft = self.draft
        return draft.kind, draft.place if draft.kind is Kind.STATION else ""


@dataclass(slots=True, kw_only=True)
class Ranking:
    """The options of one broken vehicle, and what has been said of them so far."""

    bench: Bench
    found: Candidates
    checker: Checker
    options: tuple[Option, ...]
    _verdicts: dict[int, Verdict | None] = field(default_factory=dict)

    def verdict(self, place: int) -> Verdict | None:
        """Judge an option once; None where its routes alone speak against it."""
        if place not in self._verdicts:
            one = self.options[place]
            self._verdicts[place] = judged(
                self.bench, self.checker, one.draft, one.alone, whatever=one.final
            )
        return self._verdicts[place]

    def stands(self, place: int) -> bool:
        """Say whether an option may be offered."""
        verdict = self.verdict(place)
        return verdict is not None and (self.options[place].final or not verdict.held)

    def held(self, place: int) -> tuple[Violation, ...]:
        """Give what speaks against an option."""
        verdict = self.verdict(place)
        if verdict is not None:
            return verdict.held
        one, standing = self.options[place], frozenset(self.checker.running.violations)
        return held_against(self.bench.here, one.draft, standing, one.alone)

    def best(self, limit: int, first: int | None = None) -> tuple[list[Proposal], list[Refusal]]:
        """Give the best options that stand, each another way out, and the refusals of the others.

        Parameters
        ----------
        limit
            So many proposals at most.
        first
            The option that comes first whatever it is worth: what was agreed with others.
        """
        proposals: list[Proposal] = []
        refused: list[Refusal] = []
        seen: set[tuple[Kind, str]] = set()
        order = range(len(self.options))
        places = [*order] if first is None else [first, *(n for n in order if n != first)]
        for place in places:
            one = self.options[place]
            if one.name in seen or len(proposals) >= limit:
                continue
            if self.stands(place):
                seen.add(one.name)
                proposals.append(self.proposal(place))
            elif one.draft.kind is not Kind.QUARANTINE:
                refused.append(self._refusal(place))
        return proposals, refused

    def proposal(self, place: int) -> Proposal:
        """Write an option that stands as a proposal."""
        verdict, one, bench = self.verdict(place), self.options[place], self.bench
        assert verdict is not None
        draft = one.draft
        collector = draft.collector
        sheltered = draft.kind in {Kind.STATION, Kind.COLD_CELLS}
        if collector is None and sheltered and self.found.idle:
            collector = self.found.idle[0]
        running = {route.id: route for route in bench.here.plan.routes}
        changed = [r.id for r in verdict.plan.routes if running.get(r.id) != r]
        proposal = Proposal(
            kind=draft.kind,
            place=draft.place,
            plan=verdict.plan,
            changed=tuple(changed),
            fates=draft.fates,
            handovers=draft.handovers,
            money=one.money,
            excused=verdict.excused,
            extra_m=sum(draft.extra_m.values()),
            collector=collector,
        )
        return told(bench.here, bench.ahead, proposal, self.measured_from)

    def _refusal(self, place: int) -> Refusal:
        draft = self.options[place].draft
        why = check_fails(one.code for one in self.held(place))
        return Refusal(kind=draft.kind, place=draft.place, why=why)

    @property
    def measured_from(self) -> MeasuredFrom:
        """Where ways start."""
        return self.found.scene.roads.measured_from(self.bench.here.broken)


def rankings(
    benches: Sequence[Bench], found: Sequence[Candidates], *, most: int = MOST_JUDGED
) -> list[Ranking]:
    """Price the drafts of every broken vehicle, and check the best of all at one go.

    Parameters
    ----------
    benches, found
        What is judged against what, one of each per vehicle; all share one running plan.
    most
        So many drafts per vehicle at most.
    """
    rows = [_priced(bench, one.drafts, most) for bench, one in zip(benches, found, strict=True)]
    versions = [list(draft.routes.values()) for priced in rows for draft, _, _ in priced]
    one = benches[0]
    checker, alone = running_checker(one.here.problem, one.here.plan, one.travel, versions)
    answers = iter(alone)
    return [
        Ranking(
            bench=bench,
            found=candidates,
            checker=checker,
            options=tuple(
                Option(draft=draft, money=cents, alone=next(answers), final=final)
                for draft, cents, final in priced
            ),
        )
        for bench, candidates, priced in zip(benches, found, rows, strict=True)
    ]


def _priced(bench: Bench, drafts: Collection[Draft], most: int) -> list[tuple[Draft, Money, bool]]:
    """Give the drafts that are worth more than giving up, best first, and the ways of giving up.

    Driving on as planned is among them as long as goods may be sound.
    """
    here, scene = bench.here, bench.scene
    last = quarantine(here, scene.roads)
    given_up = [(draft, money(here, draft)) for draft in last]
    floor = max(cents.worth for _, cents in given_up)
    priced = [(draft, money(here, draft)) for draft in drafts]
    better = sorted(
        (row for row in priced if row[1].worth > floor or _may_drive_on(row[0])),
        key=lambda row: -row[1].worth,
    )
    best = _waiting_first(bench, _in_better_order(bench, better[:most]))
    rows = [(draft, cents, False) for draft, cents in best]
    # The last way of giving up changes no time: it stands whatever the checker says.
    rows += [(draft, cents, draft is last[-1]) for draft, cents in given_up]
    return [(written(bench, draft), cents, final) for draft, cents, final in rows]


def _may_drive_on(draft: Draft) -> bool:
    """Say whether a draft is to drive on as planned with goods that may be sound.

    They can be given up at every door, by then measured; that costs no more than to do it now.
    """
    given_up = any(one.outcome is Outcome.QUARANTINED for one in draft.fates)
    return not draft.routes and not given_up


def _waiting_first(bench: Bench, best: Sequence[tuple[Draft, Money]]) -> list[tuple[Draft, Money]]:
    """Put driving on as planned first until enough is known to divert goods."""
    if is_to_be_diverted(bench.here, bench.ahead):
        return list(best)
    return sorted(best, key=lambda row: bool(row[0].routes))


def _in_better_order(
    bench: Bench, better: Sequence[tuple[Draft, Money]]
) -> list[tuple[Draft, Money]]:
    """Ask for a better order of the open stops of the best drafts of every kind."""
    seen: Counter[tuple[Kind, str]] = Counter()
    rows = []
    for draft, cents in better:
        name = draft.kind, draft.place if draft.kind is Kind.STATION else ""
        seen[name] += 1
        asked = seen[name] <= MOST_OF_A_KIND and sum(seen.values()) <= MOST_REORDERED
        ordered = resequenced(bench.scene, draft) if asked else draft
        rows.append((ordered, cents if ordered is draft else money(bench.here, ordered)))
    return sorted(rows, key=lambda row: -row[1].worth)
