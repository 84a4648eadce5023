"""Stock at a grid warehouse is given out once, to the gram, in the right order."""

from dataclasses import replace

from hypothesis import example, given
from hypothesis import strategies as st

from optimizer.domain.ids import LineKey
from optimizer.domain.network import Stock
from optimizer.domain.objective import Promise
from optimizer.domain.orders import Mode, OrderLine
from optimizer.domain.problem import Problem, Wave
from optimizer.domain.temperature import Zone
from optimizer.planning.stock import carried
from tests.unit.planning.linehaul_day import HOUR, central, day, grid


def line(order: str, mass_g: int, volume_ml: int, *, priority: int = 1) -> OrderLine:
    return OrderLine(
        key=LineKey(order, "1"),
        site="P",
        article="MILK",
        batch=None,
        zone=Zone.CHILLED,
        mass_g=mass_g,
        volume_ml=volume_ml,
        value_cents=100,
        shelf_life_left_s=None,
        promise="daily",
        priority=priority,
        window=None,
        mode=Mode.PICKUP,
    )


def stocked(mass_g: int, volume_ml: int, *lines: OrderLine) -> Problem:
    waves = (Wave(id="late", departs=9 * HOUR), Wave(id="early", departs=5 * HOUR))
    return replace(
        day([central(), grid("A")], []),
        waves=waves,
        lines={item.key: item for item in lines},
        promises={
            "daily": Promise(deadline_s=24 * HOUR, cents_per_min_late=5),
            "express": Promise(deadline_s=24 * HOUR, cents_per_min_late=5, express=True),
        },
        stock=(Stock(site="A", article="MILK", mass_g=mass_g, volume_ml=volume_ml),),
    )


def test_the_earlier_wave_comes_first_then_priority_then_key() -> None:
    lines = [line("a", 10, 10), line("b", 10, 10), line("c", 10, 10, priority=2)]
    lines.append(line("z", 10, 10))
    problem = stocked(30, 30, *lines)
    calls = {
        ("A", "late"): [item.key for item in lines[:3]],
        ("A", "early"): [lines[3].key],
    }
    assert set(carried(problem, calls)) == {LineKey("b", "1")}


def test_a_line_is_covered_in_part_and_in_proportion() -> None:
    problem = stocked(300, 10_000, line("a", 1000, 2001))
    rest = carried(problem, {("A", "early"): [LineKey("a", "1")]})[LineKey("a", "1")]
    assert (rest.mass_g, rest.volume_ml) == (700, 2001 - 600)


def test_stock_of_another_grid_or_article_does_not_count() -> None:
    problem = stocked(1000, 1000, line("a", 10, 10))
    elsewhere = {("B", "early"): [LineKey("a", "1")]}
    assert carried(problem, elsewhere)[LineKey("a", "1")].mass_g == 10
    other = replace(line("a", 10, 10), article="ICE")
    problem = replace(problem, lines={other.key: other})
    assert carried(problem, {("A", "early"): [other.key]})[other.key].mass_g == 10


def test_several_rows_of_stock_add_up() -> None:
    problem = stocked(6, 6, line("a", 10, 10))
    problem = replace(problem, stock=problem.stock * 2)
    assert carried(problem, {("A", "early"): [LineKey("a", "1")]}) == {}


@example(stock=(0, 0), sizes=[(1, 0)])
@given(
    stock=st.tuples(st.integers(0, 5000), st.integers(0, 5000)),
    sizes=st.lists(st.tuples(st.integers(0, 2000), st.integers(0, 2000)), max_size=8),
)
def test_covered_and_carried_add_up_and_never_overdraw(
    stock: tuple[int, int], sizes: list[tuple[int, int]]
) -> None:
    lines = [line(f"o{number}", *size) for number, size in enumerate(sizes)]
    problem = stocked(*stock, *lines)
    rest = carried(problem, {("A", "early"): [item.key for item in lines]})
    covered_g = covered_ml = 0
    for item in lines:
        kept = rest.get(item.key)
        mass_g, volume_ml = (kept.mass_g, kept.volume_ml) if kept else (0, 0)
        assert 0 <= mass_g <= item.mass_g
        assert 0 <= volume_ml <= item.volume_ml
        covered_g += item.mass_g - mass_g
        covered_ml += item.volume_ml - volume_ml
    assert covered_g <= stock[0]
    assert covered_ml <= stock[1]


def test_express_lines_take_stock_before_everybody() -> None:
    express = replace(line("O9", 1_000, 2_000), promise="express")
    ordinary = line("O1", 1_000, 2_000, priority=9)
    problem = stocked(1_000, 2_000, ordinary, express)
    lines = {("A", "early"): [ordinary.key], ("A", "late"): [express.key]}
    assert list(carried(problem, lines)) == [ordinary.key]
