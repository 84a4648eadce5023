"""Traces as they come: zones, repeated hours, holes, odd separators."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from optimizer.domain.errors import InputRefused
from telemetry.replay import Trace, read_trace


def trace(tmp_path: Path, text: str, **options: str) -> Trace:
    path = tmp_path / "trace.csv"
    path.write_bytes(text.encode())
    return read_trace(path, options.pop("column", "t"), **options)


def instants(read: Trace) -> list[str]:
    return [
        datetime.fromtimestamp(one.at_ms / 1000, UTC).strftime("%d %H:%M") for one in read.samples
    ]


def test_naive_times_are_utc_unless_told(tmp_path: Path) -> None:
    text = "when,t\n2026-01-02 03:00:00,1\n"
    assert instants(trace(tmp_path, text)) == ["02 03:00"]
    assert instants(trace(tmp_path, text, tz="Asia/Shanghai")) == ["01 19:00"]


@pytest.mark.parametrize(
    "cell",
    [
        "2026-01-02T03:00:00Z",
        "2026-01-02 03:00:00+00:00",
        "2026-01-02T04:00:00+0100",
        "2026-01-02T11:00+08:00",
        "1767322800",
        "1767322800000",
    ],
)
def test_a_time_with_an_offset_means_itself(tmp_path: Path, cell: str) -> None:
    assert instants(trace(tmp_path, f"when,t\n{cell},1\n", tz="Asia/Shanghai")) == ["02 03:00"]


def test_in_a_repeated_hour_the_second_stamp_is_the_later_one(tmp_path: Path) -> None:
    rows = ["01:45", "02:15", "02:45", "02:15", "02:45", "03:15"]
    text = "when,t\n" + "".join(f"2025-10-26 {at}:00,{n}\n" for n, at in enumerate(rows))
    read = trace(tmp_path, text, tz="Europe/Berlin")
    assert instants(read) == [
        *("25 23:45", "26 00:15", "26 00:45", "26 01:15", "26 01:45", "26 02:15"),
    ]
    assert [one.value_c for one in read.samples] == [0, 1, 2, 3, 4, 5]


def test_without_a_zone_a_repeated_hour_keeps_both(tmp_path: Path) -> None:
    text = "when,t\n2026-01-02 02:00:00,5\n2026-01-02 02:00:00,4\n"
    assert [one.value_c for one in trace(tmp_path, text).samples] == [4, 5]


def test_rows_come_in_any_order(tmp_path: Path) -> None:
    text = "when,t\n2026-01-02 02:00,5\n2026-01-02 01:00,4\n"
    assert instants(trace(tmp_path, text)) == ["02 01:00", "02 02:00"]


def test_what_cannot_be_read_is_named_by_its_line(tmp_path: Path) -> None:
    text = (
        "when,t\n2026-01-02 02:00,5\nsoon,5\n2026-01-02 02:01,\n2026-01-02 02:02,nan\n"
        "2026-01-02 02:03,300\n2026-01-02\n\n2026-01-02 02:04,4\n"
    )
    read = trace(tmp_path, text)
    assert [row.line for row in read.skipped] == [3, 4, 5, 6, 7]
    assert len(read.samples) == 2
    assert read.rows == 7


@pytest.mark.parametrize(
    "text",
    [
        "when;t\n2026-01-02 02:00;-17,5\n",
        "when\tt\n2026-01-02 02:00\t-17.5\n",
        "\ufeffwhen, t \r\n2026-01-02 02:00, -17.5\r\n",
        "when,t\n2026-01-02 02:00,-17.499999999999996\n",
    ],
)
def test_separators_marks_and_noise_of_other_programs(tmp_path: Path, text: str) -> None:
    assert [one.value_c for one in trace(tmp_path, text).samples] == [-17.5]


def test_columns_are_named(tmp_path: Path) -> None:
    text = "t,u,when\n1,2,2026-01-02 02:00\n"
    read = trace(tmp_path, text, column="u", time_column="when")
    assert [one.value_c for one in read.samples] == [2]


@pytest.mark.parametrize(
    ("text", "options", "code"),
    [
        ("", {}, "CG-8500"),
        ("when,t\n", {}, "CG-8502"),
        ("when,t\nx,y\n", {}, "CG-8502"),
        ("when,t\n2026-01-02 02:00,5\n", {"column": "u"}, "CG-8501"),
        ("when,t\n2026-01-02 02:00,5\n", {"time_column": "at"}, "CG-8501"),
        ("when,t\n2026-01-02 02:00,5\n", {"tz": "Mars/Base"}, "CG-8503"),
        ("when,t\n2026-01-02 02:00,5\n", {"tz": "../etc/passwd"}, "CG-8503"),
        ('when,t\n"2026' + "x" * 200_000 + '",5\n', {}, "CG-8500"),
    ],
)
def test_what_is_no_trace_is_refused(
    tmp_path: Path, text: str, options: dict[str, str], code: str
) -> None:
    with pytest.raises(InputRefused) as refused:
        trace(tmp_path, text, **options)
    assert [fault.code for fault in refused.value.faults] == [code]


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputRefused, match="CG-8500"):
        read_trace(tmp_path / "none.csv", "t")
