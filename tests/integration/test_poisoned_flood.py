"""Nonsense among readings costs no reading; the long version is the benchmark."""

from __future__ import annotations

from pathlib import Path

from tests.benchmarks.poisoned_flood import flood, is_good


def test_nonsense_costs_no_reading_and_is_counted(tmp_path: Path) -> None:
    found = flood(tmp_path, rounds=2, seed=3)
    assert is_good(found), found
