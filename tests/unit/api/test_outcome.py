import pytest

from api.cli.outcome import Outcome, cannot_write, complain_of, one_line
from optimizer.domain.error_table import ERRORS
from optimizer.domain.errors import ColdgridError, Fault, ForeignPlan, InputRefused


def test_codes_are_those_that_scripts_rely_on() -> None:
    assert (Outcome.DONE, Outcome.NO, Outcome.REFUSED) == (0, 1, 2)


def test_one_line_folds_breaks_and_disarms_control_characters() -> None:
    assert one_line("a\n b\t\x1b[31mc\u202e") == "a b �[31mc�"


def test_every_fault_gets_its_line(capsys: pytest.CaptureFixture[str]) -> None:
    faults = [
        Fault(
            code="CG-1006", place=f"orders.csv row {row}", cause="the\ncell is empty", action="Do"
        )
        for row in (2, 3)
    ]
    complain_of(InputRefused(faults))
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.splitlines() == [
        "CG-1006 orders.csv row 2: the cell is empty. Do.",
        "CG-1006 orders.csv row 3: the cell is empty. Do.",
    ]


def test_a_single_cause_is_followed_by_what_to_do(capsys: pytest.CaptureFixture[str]) -> None:
    complain_of(ForeignPlan("CG-4001", "the plan is another's."))
    expected = f"CG-4001 the plan is another's. {ERRORS['CG-4001'].action}\n"
    assert capsys.readouterr().err == expected


def test_a_failure_to_write_names_the_file() -> None:
    error = cannot_write(PermissionError(13, "Permission denied", "there/plan.json"))
    assert isinstance(error, ColdgridError)
    assert (error.code, str(error)) == ("CG-6001", "there/plan.json: Permission denied")
