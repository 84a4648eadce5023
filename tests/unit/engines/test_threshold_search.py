"""The search that accepts what is a little worse, ever less of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from optimizer.engines.threshold_search import search

BROKEN = 10**9


class Walk:
    """A landscape that gives candidates in a fixed order; negative prices break a rule."""

    def __init__(self, prices: Sequence[int]) -> None:
        self._candidates: Iterator[int] = iter(prices)
        self.starts: list[int] = []

    def candidate(self, current: int) -> int:
        self.starts.append(current)
        return next(self._candidates)

    def cost(self, solution: int) -> int:
        return BROKEN if solution < 0 else solution

    def penalised_cost(self, solution: int) -> int:
        return abs(solution)


class Steps:
    """A limit of so many candidates."""

    def __init__(self, steps: int) -> None:
        self._steps = steps
        self._asked = 0

    @property
    def progress(self) -> float:
        return self._asked / self._steps

    def __call__(self, best_cost: int) -> bool:
        self._asked += 1
        return self._asked > self._steps


class Seen:
    def __init__(self) -> None:
        self.current: list[int] = []
        self.best: list[int] = []

    def on_candidate(self, current: int) -> None:
        self.current.append(current)

    def on_best(self, best: int) -> None:
        self.best.append(best)


def searched(first: int, prices: Sequence[int], threshold: float = 0.1) -> tuple[int, Walk, Seen]:
    walk, seen = Walk(prices), Seen()
    best = search(first, walk, Steps(len(prices)), seen, threshold=threshold)
    return best, walk, seen


def test_the_best_is_kept_although_the_search_wanders_on() -> None:
    # Allowed after two of four candidates: 5 % above 900.
    best, walk, seen = searched(1000, [900, 940, 970, 980])
    assert best == 900
    assert seen.best == [900]
    assert walk.starts == [1000, 900, 940, 940]


def test_what_is_a_little_worse_is_accepted_at_first_and_refused_in_the_end() -> None:
    # At most 10 % above 1,000, falling by a tenth of that with every candidate.
    _, _, seen = searched(1000, [1085, 1075, 1085, 1055, 1065, 1039, 1045, 1019, 1015, 1001])
    assert seen.current == [1085, 1075, 1075, 1055, 1055, 1039, 1039, 1019, 1015, 1001]


def test_no_worse_than_the_current_one_is_always_accepted() -> None:
    _, _, seen = searched(1000, [1050, 1040, 1040], threshold=0.1)
    assert seen.current == [1050, 1040, 1040]


def test_what_breaks_a_rule_is_never_the_best() -> None:
    best, _, seen = searched(1000, [-500, 990])
    assert best == 990
    assert seen.best == [990]
    assert seen.current[0] == -500


def test_without_a_threshold_it_only_descends() -> None:
    best, walk, _ = searched(1000, [1001, 999, 1000, 998], threshold=0.0)
    assert best == 998
    assert walk.starts == [1000, 1000, 999, 999]


def test_a_limit_that_is_used_up_at_once_gives_the_first_solution_back() -> None:
    best, walk, _ = searched(1000, [])
    assert best == 1000
    assert walk.starts == []
