import pytest

from api.cli.check_view import MOST_VIOLATION_ROWS, amount_of, figure, violation_table
from optimizer.check.codes import CODES
from optimizer.domain.plan import Violation
from tests.unit.api.printed import printed


def _found(code: str, amount: float, where: str = "V1-morning-1/P4") -> Violation:
    return Violation(code=code, where=where, amount=amount)


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (_found("temperature", 4.926), "4.93 °C"),
        (_found("temperature", 0.00950659), "0.0095 °C"),
        (_found("payload", 1234567.0), "1,234,567 g"),
        (_found("line_missing", 1.0), "1 lines"),
    ],
)
def test_amounts_bear_the_unit_of_their_code(found: Violation, words: str) -> None:
    assert amount_of(found) == words


@pytest.mark.parametrize(
    ("name", "amount", "words"),
    [
        ("served_kg_share", 0.98765, "98.8%"),
        ("fill_frozen", 0.5, "50.0%"),
        ("on_time_share_cold", 1.0, "100.0%"),
        ("served_lines", 2189.0, "2,189"),
        ("linehaul_km", 35.202, "35.20"),
    ],
)
def test_figures_are_shown_as_shares_or_numbers(name: str, amount: float, words: str) -> None:
    assert figure(name, amount) == words


@pytest.mark.parametrize("code", list(CODES))
@pytest.mark.parametrize("width", [80, 100])
def test_every_code_reads_in_a_terminal(code: str, width: int) -> None:
    text = printed(violation_table([_found(code, 12.5)], width=width), width)
    assert max(map(len, text.splitlines())) <= width
    assert code in text
    words = " ".join(text.split())
    assert CODES[code].meaning.split()[0] in words


def test_a_long_report_is_cut_and_says_so() -> None:
    many = [_found("hours", float(number)) for number in range(1, MOST_VIOLATION_ROWS + 8)]
    assert "and 7 more" in printed(violation_table(many, width=100))
