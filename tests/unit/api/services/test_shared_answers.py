"""One writes for many readers: who is given what, how old, and what nobody is given."""

from __future__ import annotations

import gzip
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from threading import Event

import pytest

from api.services.shared_answers import SharedAnswers

LONGEST_S = 10


class Timer:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def timer() -> Timer:
    return Timer()


@pytest.fixture
def shared(timer: Timer) -> SharedAnswers:
    return SharedAnswers(timer)


def test_who_takes_an_older_answer_is_given_it_with_its_age(
    shared: SharedAnswers, timer: Timer
) -> None:
    numbers = count()
    told = []
    for passes in (0, 3, 1, 0.5, 4):
        timer.now += passes
        written, age_s = shared.give("points", 4, lambda: b"%d" % next(numbers))
        assert gzip.decompress(written.zipped) == written.plain
        told.append((written.plain, age_s))
    # The fourth would be four and a half seconds old, the last is four.
    assert told == [(b"0", 0), (b"0", 3), (b"0", 4), (b"1", 0), (b"1", 4)]
    assert shared.give("others", 4, lambda: b"else")[0].plain == b"else"


def test_what_fails_is_told_to_all_who_wait_and_kept_for_nobody(shared: SharedAnswers) -> None:
    def fail() -> bytes:
        raise LookupError("the store is away")

    with pytest.raises(LookupError):
        shared.give("points", 4, fail)
    assert shared.give("points", 4, lambda: b"back")[0].plain == b"back"


def test_who_asks_while_it_is_written_waits_unless_something_was_done_meanwhile(
    shared: SharedAnswers,
) -> None:
    begun, go_on = Event(), Event()

    def slowly() -> bytes:
        begun.set()
        assert go_on.wait(LONGEST_S)
        return b"before"

    with ThreadPoolExecutor(2) as readers:
        first = readers.submit(shared.give, "points", 4, slowly)
        assert begun.wait(LONGEST_S)
        second = readers.submit(shared.give, "points", 4, lambda: b"twice")
        shared_by_both = not second.done()
        go_on.set()
        assert {first.result()[0].plain, second.result()[0].plain} == {b"before"}
        assert shared_by_both

        begun.clear()
        go_on.clear()
        shared.forget()
        late = readers.submit(shared.give, "points", 4, slowly)
        assert begun.wait(LONGEST_S)
        shared.forget()
        assert shared.give("points", 4, lambda: b"after")[0].plain == b"after"
        go_on.set()
        late.result()
    # What was begun before the deed is not kept, though it ended after it.
    assert shared.give("points", 4, lambda: b"new")[0].plain == b"after"


def test_only_the_newest_questions_are_kept(shared: SharedAnswers) -> None:
    for number in range(20):
        shared.give(number, 4, lambda: b"old")
    assert shared.give(19, 4, lambda: b"new")[0].plain == b"old"
    assert shared.give(0, 4, lambda: b"new")[0].plain == b"new"
