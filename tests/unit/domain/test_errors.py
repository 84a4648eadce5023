import re

import pytest

from optimizer.domain.error_table import ERRORS
from optimizer.domain.errors import (
    ColdgridError,
    EngineFailed,
    Fault,
    ForeignPlan,
    InputRefused,
    TravelUnavailable,
)

FAULT = Fault(
    code="CG-1001",
    place="orders.csv row 17",
    cause="the mass is no number",
    action="Write kilograms",
)


def test_a_fault_reads_as_a_sentence() -> None:
    assert str(FAULT) == "CG-1001 orders.csv row 17: the mass is no number. Write kilograms."


def test_refused_input_keeps_all_faults_and_says_the_first() -> None:
    refused = InputRefused([FAULT, FAULT])
    assert refused.faults == (FAULT, FAULT)
    assert refused.code == "CG-1001"
    assert str(refused) == f"{FAULT} (and 1 more)"
    assert str(InputRefused([FAULT])) == str(FAULT)


@pytest.mark.parametrize("kind", [InputRefused, ForeignPlan, TravelUnavailable, EngineFailed])
def test_errors_are_one_tree(kind: type[ColdgridError]) -> None:
    assert issubclass(kind, ColdgridError)


@pytest.mark.parametrize("code", ERRORS)
def test_every_code_says_what_a_person_does(code: str) -> None:
    assert re.fullmatch(r"CG-[1-9]\d{3}", code)
    row = ERRORS[code]
    assert row.title
    assert row.cause.endswith(".")
    assert row.action.endswith(".")
