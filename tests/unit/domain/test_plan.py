from optimizer.domain.ids import LineKey
from optimizer.domain.plan import CheckReport, UnservedReason, Violation
from tests.cases import tiny_plan


def test_a_report_without_findings_is_feasible() -> None:
    assert CheckReport().feasible
    found = Violation(code="hours", where="R1/P1", amount=1.0)
    assert not CheckReport(violations=(found,)).feasible


def test_a_line_is_named_by_order_and_line() -> None:
    assert str(LineKey("O1", "2")) == "O1/2"


def test_a_new_plan_is_an_unchecked_draft() -> None:
    plan = tiny_plan()
    assert (plan.version, plan.state, plan.check) == (1, "draft", None)


def test_reasons_are_words_of_the_file_format() -> None:
    assert all(reason.value == reason.name.lower() for reason in UnservedReason)
