from __future__ import annotations

import pytest

from api.life.history import undo_target


@pytest.mark.parametrize(
    ("restores", "target"),
    [
        ([None], None),
        ([None, None], 1),
        ([None, None, None], 2),
        # Undone once: the next undo goes one step further back.
        ([None, None, None, 2], 1),
        ([None, None, None, 2, 1], None),
        # A change after an undo is the first to be undone, and gives what the undo had given.
        ([None, None, 1, None], 1),
        ([None, None, 1, None, 1], None),
        ([None, None, None, 2, None], 2),
        ([None, None, None, 2, None, 2], 1),
    ],
)
def test_an_undo_goes_one_step_back(restores: list[int | None], target: int | None) -> None:
    assert undo_target(dict(enumerate(restores, start=1)), len(restores)) == target


def test_undoing_everything_visits_each_change_once() -> None:
    restores: dict[int, int | None] = dict.fromkeys(range(1, 6))
    seen = []
    while (target := undo_target(restores, len(restores))) is not None:
        seen.append(target)
        restores[len(restores) + 1] = target
    assert seen == [4, 3, 2, 1]
