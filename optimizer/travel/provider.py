"""The protocol of a source of distances."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from optimizer.domain.network import Site
from optimizer.domain.plan import TravelSource
from optimizer.domain.travel_matrix import TravelMatrix


class TravelProvider(Protocol):
    """A source of distances between sites.

    Implementations must pickle: the last mile of every grid is planned in its own process.
    """

    @property
    def source(self) -> TravelSource:
        """Name and digest of this source, as they stand in a plan."""
        ...

    def matrix(self, origins: Sequence[Site], destinations: Sequence[Site]) -> TravelMatrix:
        """Give directed distances, shape (origins, destinations).

        A pair without a way is ``UNREACHABLE``; the distance of a site to itself is 0.
        """
        ...
