from __future__ import annotations

import io
import os

import pytest

from api.jobs.frames import BrokenFrame, Kind, read_frame, write_document, write_frame


def test_frames_come_out_as_they_went_in() -> None:
    stream = io.BytesIO()
    write_document(stream, Kind.PROGRESS, {"unserved": 3, "stage": "最后"})
    write_frame(stream, Kind.PLAN, b"")
    stream.seek(0)
    first, second = read_frame(stream), read_frame(stream)
    assert first is not None
    assert (first.kind, first.document()) == (Kind.PROGRESS, {"unserved": 3, "stage": "最后"})
    assert second is not None
    assert (second.kind, second.body) == (Kind.PLAN, b"")
    assert read_frame(stream) is None


def test_a_pipe_that_gives_pieces_gives_whole_frames() -> None:
    # Longer than a pipe holds, and read without a buffer of our own.
    reading, writing = os.pipe()
    body = os.urandom(40_000)
    with os.fdopen(reading, "rb", buffering=0) as source:
        with os.fdopen(writing, "wb") as target:
            write_frame(target, Kind.PROBLEM, body)
        frame = read_frame(source)
    assert frame is not None
    assert frame.body == body


@pytest.mark.parametrize("length", [1, 8, 9, 11])
def test_a_stream_that_ends_inside_a_frame_is_broken(length: int) -> None:
    stream = io.BytesIO()
    write_frame(stream, Kind.PLAN, b"abc")
    with pytest.raises(BrokenFrame):
        read_frame(io.BytesIO(stream.getvalue()[:length]))


def test_what_is_no_frame_is_not_taken_for_one() -> None:
    with pytest.raises(BrokenFrame, match="no frame begins with"):
        read_frame(io.BytesIO(b"Traceback" + b"\0" * 100))
