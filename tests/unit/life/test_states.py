from __future__ import annotations

from itertools import pairwise

import pytest

from api.life.states import CHANGEABLE, FROM_TO, IN_FORCE, State, Step, after, names
from api.security.access import ACCESS
from api.security.principal import Role

WAY = [State.DRAFT, State.PUBLISHED, State.LOADING, State.RUNNING, State.CLOSED]


def test_the_steps_lead_through_all_states_in_order() -> None:
    assert [FROM_TO[step] for step in Step] == list(pairwise(WAY))


@pytest.mark.parametrize("step", Step)
@pytest.mark.parametrize("state", State)
def test_a_step_is_legal_from_one_state_only(state: State, step: Step) -> None:
    source, target = FROM_TO[step]
    assert after(state, step) is (target if state is source else None)


def test_a_closed_plan_is_neither_in_force_nor_changeable() -> None:
    assert IN_FORCE < CHANGEABLE
    assert set(State) - CHANGEABLE == {State.CLOSED}
    assert names(CHANGEABLE) == "draft, published, loading, running"


def test_the_warehouse_loads_and_starts_but_neither_publishes_nor_closes() -> None:
    may = {step for step in Step if Role.WAREHOUSE in ACCESS[f"{step.value}_plan"].roles}
    assert may == {Step.LOAD, Step.START}
    for step in Step:
        assert Role.DISPATCHER in ACCESS[f"{step.value}_plan"].roles
        assert Role.DRIVER not in ACCESS[f"{step.value}_plan"].roles
