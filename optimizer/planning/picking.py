"""Pick one option for everybody, worth most together, where options share rooms: CP-SAT.

    maximise    Σ worth_o x_o
    subject to  Σ_{o of g} x_o = 1                     for every group g
                Σ_o use_or x_o <= room_r               for every room r
                Σ_{o in S} x_o <= |S| - 1              for every set S that does not go together

This is the multiple-choice knapsack in several dimensions (Kellerer, Pferschy and Pisinger,
Knapsack Problems, 2004, chapter 11). A reroute asks it who takes what: groups are lost lines or
broken vehicles, rooms are litres, kilograms, docks and vehicles.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from ortools.sat.python import cp_model

from optimizer.domain.limit import Limit
from optimizer.domain.units import Cents
from optimizer.planning.linehaul.sat import run

ITERATIONS = 400
"""Enough to prove the best choice among some hundred options; nothing looks at a clock."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pick:
    """One thing that a group may do.

    Parameters
    ----------
    group
        Who may do it; groups are numbered from 0.
    worth
        What it is worth.
    uses
        How much it takes of each room, by the room's name.
    """

    group: int
    worth: Cents
    uses: Mapping[str, int] = field(default_factory=dict)


def picked(
    picks: Sequence[Pick],
    rooms: Mapping[str, int],
    *,
    apart: Iterable[frozenset[int]] = (),
    seed: int = 1,
) -> list[int] | None:
    """Pick one option per group.

    Parameters
    ----------
    picks
        All options.
    rooms
        How much there is of each room; a room that is not named has no end.
    apart
        Sets of options, by their places in ``picks``, that do not go all together.
    seed
        Of the search; what is best is best with every seed, but of equals it takes one.

    Returns
    -------
    list
        The place of the option of every group, in the order of groups; None where nothing fits.
    """
    model = cp_model.CpModel()
    taken = [model.new_bool_var("") for _ in picks]
    groups: dict[int, list[int]] = {}
    shares: dict[str, list[tuple[int, int]]] = {}
    for place, one in enumerate(picks):
        groups.setdefault(one.group, []).append(place)
        for room, amount in one.uses.items():
            if room in rooms and amount:
                shares.setdefault(room, []).append((place, amount))
    for places in groups.values():
        model.add_exactly_one(taken[place] for place in places)
    for room, users in shares.items():
        used = sum(amount * taken[place] for place, amount in users)
        model.add(used <= max(0, rooms[room]))
    for together in apart:
        model.add_bool_or(taken[place].negated() for place in sorted(together))
    # Of equal answers the one whose options stand first: worth counts in cents, so less than one.
    share = 1 + sum(range(len(picks)))
    model.maximize(
        sum((one.worth * share - place) * taken[place] for place, one in enumerate(picks))
    )
    answer = run(model, limit=Limit(iterations=ITERATIONS), seed=seed)
    if answer is None:
        return None
    chosen = [place for place in range(len(picks)) if answer.solver.value(taken[place])]
    return sorted(chosen, key=lambda place: picks[place].group)
