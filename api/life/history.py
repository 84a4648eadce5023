"""Which version an undo brings back.

An undo makes a new version; it takes nothing away. To ask again goes one step further back, until
another change comes between: that one is then the first to be undone.
"""

from __future__ import annotations

from collections.abc import Mapping


def undo_target(restores: Mapping[int, int | None], head: int) -> int | None:
    """Find the version that stood before the last change that was not an undo.

    Parameters
    ----------
    restores
        For every version the one that it restored, or None where it was no undo.
    head
        The version that counts now.

    Returns
    -------
    int or None
        A version that was no undo itself; None where nothing stood before.
    """
    before = _origin(restores, head) - 1
    return _origin(restores, before) if before in restores else None


def _origin(restores: Mapping[int, int | None], version: int) -> int:
    """Follow undos back to the version whose content they bear."""
    restored = restores[version]
    while restored is not None:
        version = restored
        restored = restores[version]
    return version
