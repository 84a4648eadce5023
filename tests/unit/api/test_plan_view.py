from api.cli.plan_view import (
    MOST_ADVICE_ROWS,
    MOST_ROUTE_ROWS,
    MOST_UNSERVED_ROWS,
    advice_lines,
    fills,
    route_table,
    unserved_table,
)
from optimizer.domain.ids import LineKey
from optimizer.domain.plan import Advice, AdviceCode, Route, Unserved, UnservedReason
from optimizer.domain.temperature import Zone
from tests import cases
from tests.unit.api.printed import printed


def _left_out(number: int, reason: UnservedReason, detail: str) -> Unserved:
    return Unserved(key=LineKey(f"N{number}", "1"), reason=reason, detail=detail)


def test_lines_with_one_sentence_share_a_row() -> None:
    full = "every frozen compartment at G1 is full"
    lines = [_left_out(n, UnservedReason.ZONE_CAPACITY, full) for n in range(3)]
    lines += [_left_out(9, UnservedReason.WINDOW, "earliest arrival 09:10; P3 closes at 09:00")]
    rows = printed(unserved_table(lines, (), width=100)).splitlines()
    (row,) = [row for row in rows if row.startswith(" zone_capacity ")]
    assert row.split() == ["zone_capacity", "3", *full.split(), "N0/1"]
    assert any("N9/1" in row for row in rows)
    assert "more in the plan" not in "".join(rows)


def test_what_waits_to_be_collected_is_not_called_a_line() -> None:
    lines = [_left_out(1, UnservedReason.FLEET, "no time for P1")]
    crates = [
        Unserved(key=LineKey(f"E{n}", "1"), reason=UnservedReason.FLEET, detail=f"no room for E{n}")
        for n in range(2)
    ]
    names = {item.key for item in crates}
    title = printed(unserved_table([*lines, *crates], names, width=100)).splitlines()[0]
    assert title.strip() == "Unserved: 1 line, 2 collects"
    title = printed(unserved_table(crates[:1], names, width=100)).splitlines()[0]
    assert title.strip() == "Unserved: 1 collect"
    title = printed(unserved_table(lines, names, width=100)).splitlines()[0]
    assert title.strip() == "Unserved: 1 line"
    many = [
        Unserved(key=LineKey(f"E{n}", "1"), reason=UnservedReason.FLEET, detail=f"no room for E{n}")
        for n in range(MOST_UNSERVED_ROWS + 3)
    ]
    text = printed(unserved_table(many, {item.key for item in many}, width=100))
    assert "and 3 collects more in the plan" in text


def test_a_long_list_shows_every_reason_and_counts_the_rest() -> None:
    lines = [
        _left_out(n, UnservedReason.FLEET, f"no time for P{n}") for n in range(MOST_UNSERVED_ROWS)
    ]
    rare = [
        _left_out(100 + n, reason, f"because of {reason.value}")
        for n, reason in enumerate(UnservedReason)
        if reason is not UnservedReason.FLEET
    ]
    text = printed(unserved_table([*lines, *rare], (), width=100))
    assert [reason.value for reason in UnservedReason if f" {reason.value} " not in text] == []
    assert f"and {len(lines) - 1} lines more in the plan" in text


def test_brackets_in_a_users_text_are_text() -> None:
    line = _left_out(1, UnservedReason.FLEET, "no time for [red]P1[/red]")
    assert "[red]P1[/red]" in printed(unserved_table([line], (), width=100))


def _van() -> Route:
    return next(route for route in cases.tiny_plan().routes if route.vehicle == "V1")


def test_fill_is_the_share_of_each_compartment() -> None:
    route = _van()
    loaded = sum(
        item.volume_ml for stop in route.stops for item in stop.delivers if item.zone is Zone.FROZEN
    )
    assert fills(route)[Zone.FROZEN] == loaded / route.compartments[Zone.FROZEN]


def test_more_routes_than_a_screen_holds_are_counted() -> None:
    text = printed(route_table(cases.tiny_problem(), [_van()] * (MOST_ROUTE_ROWS + 5), width=100))
    assert text.count(f" {_van().id} ") == MOST_ROUTE_ROWS
    assert "and 5 more in the plan" in text


def test_advice_names_place_and_sentence() -> None:
    one = Advice(code=AdviceCode.MORE_ICE, where="V1-1 [chilled]", detail="take 2 kg more")
    bare = Advice(code=AdviceCode.FEW_BACKUP_CARRIERS, where="", detail="only one carrier")
    lines = [line.plain for line in advice_lines([one, bare])]
    assert lines == ["advice V1-1 [chilled]: take 2 kg more", "advice: only one carrier"]


def test_more_advice_than_a_screen_holds_is_counted() -> None:
    one = Advice(code=AdviceCode.MORE_ICE, where="V1-1", detail="take 2 kg more")
    lines = advice_lines([one] * (MOST_ADVICE_ROWS + 2))
    assert len(lines) == MOST_ADVICE_ROWS + 1
    assert lines[-1].plain == "and 2 more in the plan"
