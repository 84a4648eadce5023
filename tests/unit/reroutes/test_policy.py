"""The policy to the second and to the cent: automatic acceptance is never a matter of luck."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from api.reroutes.policy import AutomaticRule, Offer, due, rules_of
from api.settings import Settings
from optimizer.domain.plan import Violation
from optimizer.response.words import Kind, Severity

RULES = rules_of("I:50000:5,II:100000:10")
LATE = Violation(code="late", where="R1", amount=60.0)


def is_due(
    *, minutes: float = 5, cents: int = 50_000, severity: Severity = Severity.FOOD_SAFETY,
    kind: Kind = Kind.STATION,
) -> bool:  # fmt: skip
    best = Offer(kind=kind, worth_cents=cents)
    return due(RULES, severity, timedelta(minutes=minutes), best)


def test_driving_on_as_planned_waits_for_a_person_or_for_news() -> None:
    stays = Offer(kind=Kind.CARRY_ON, worth_cents=50_000, changes=False)
    moves = Offer(kind=Kind.CARRY_ON, worth_cents=50_000)
    waited = timedelta(minutes=5)
    assert not due(RULES, Severity.FOOD_SAFETY, waited, stays)
    assert due(RULES, Severity.FOOD_SAFETY, waited, moves)


def test_rules_are_read_as_they_are_written() -> None:
    assert {
        Severity.FOOD_SAFETY: AutomaticRule(worth_cents=50_000, after=timedelta(minutes=5)),
        Severity.DAMAGE: AutomaticRule(worth_cents=100_000, after=timedelta(minutes=10)),
    } == RULES
    assert rules_of("") == rules_of("  ") == {}
    assert rules_of("III:0:0.5")[Severity.SERVICE].after == timedelta(seconds=30)


@pytest.mark.parametrize(
    "text", ["I", "I:5", "IV:1:1", "I:-1:5", "I:1:5,I:2:6", "I:1:5,", "I:1.5:5", "I:1:5;II:1:5"]
)
def test_what_is_no_list_of_rules_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="rule"):
        rules_of(text)


@settings(max_examples=50)
@given(
    st.one_of(
        st.text(alphabet="I:,. 0159V", max_size=20),
        st.from_regex(r"\A(I|II|III):[0-9]{1,4}:[0-9.]{1,4}(, ?(I|II|III):[0-9]{1,3}:[0-9])?\Z"),
    )
)
def test_the_setting_takes_exactly_what_the_policy_can_read(text: str) -> None:
    try:
        Settings(reroute_automatic=text)
    except ValidationError:
        with pytest.raises(ValueError, match="rule"):
            rules_of(text)
    else:
        rules_of(text)


def test_nobody_is_overtaken_before_the_time_is_up() -> None:
    assert not is_due(minutes=4 + 59 / 60)
    assert is_due(minutes=5)


def test_exactly_the_value_is_enough() -> None:
    assert not is_due(cents=49_999)
    assert is_due(cents=50_000)


def test_each_severity_has_its_own_rule_and_none_means_never() -> None:
    assert not is_due(severity=Severity.DAMAGE, minutes=9.9, cents=100_000)
    assert is_due(severity=Severity.DAMAGE, minutes=10, cents=100_000)
    assert not is_due(severity=Severity.SERVICE, minutes=1000, cents=10**9)


def test_giving_the_goods_up_is_left_to_people() -> None:
    assert not is_due(kind=Kind.QUARANTINE, cents=10**9, minutes=100)
    assert not due(RULES, Severity.FOOD_SAFETY, timedelta(hours=1), None)


def test_a_finding_that_is_neither_excused_nor_old_stands_against_it() -> None:
    found = Offer(kind=Kind.STATION, worth_cents=10**6, findings=(LATE,))
    excused = Offer(kind=Kind.STATION, worth_cents=10**6, findings=(LATE,), excused=(LATE,))
    waited = timedelta(minutes=5)
    assert not due(RULES, Severity.FOOD_SAFETY, waited, found)
    assert due(RULES, Severity.FOOD_SAFETY, waited, excused)
    assert due(RULES, Severity.FOOD_SAFETY, waited, found, standing=(LATE,))
