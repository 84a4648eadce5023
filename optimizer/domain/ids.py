"""Names of things, as aliases: an identifier is the text that the user's own files give."""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

SiteId: TypeAlias = str
VehicleId: TypeAlias = str
WaveId: TypeAlias = str
OrderId: TypeAlias = str
ArticleId: TypeAlias = str


class LineKey(NamedTuple):
    """The name of an order line: its order and its line within that order."""

    order: OrderId
    line: str

    def __str__(self) -> str:
        return f"{self.order}/{self.line}"
