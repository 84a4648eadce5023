"""A full disk loses no reading and says that it is full; the long version is the benchmark."""

from __future__ import annotations

from pathlib import Path

from tests.benchmarks.disk_full import MESSAGES, ingester


def test_a_full_disk_under_the_ingester_loses_nothing_and_is_told(tmp_path: Path) -> None:
    taken = ingester(tmp_path)
    assert taken == {
        "sent": 2 * MESSAGES, "said": 1, "while_full": MESSAGES, "stored": 2 * MESSAGES,
    }  # fmt: skip
