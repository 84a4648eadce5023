import sys

import pytest

from api.cli.progress_line import ProgressLine
from optimizer.planning.synchronise import Progress


def _progress(stage: str, done: int, cents: int) -> Progress:
    return Progress(stage=stage, done=done, of=12, decided_cents=cents)


def test_the_line_says_stage_parts_and_cost_as_last_heard() -> None:
    line = ProgressLine()
    line.hear(_progress("linehaul", 12, 36584))
    line.hear(_progress("last mile", 4, 45584))
    assert "last mile  4 of 12 done  routes so far 455.84" in line.text().plain


def test_before_the_first_report_it_says_what_is_going_on() -> None:
    assert ProgressLine("measuring").text().plain.endswith(" s  measuring")


def test_in_a_pipe_nothing_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    assert not sys.stderr.isatty()
    with ProgressLine() as line:
        line.hear(_progress("last mile", 3, 8573))
    shown = capsys.readouterr()
    assert (shown.out, shown.err) == ("", "")
