"""Bodies about what pickup points and devices are told of an accepted case."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, Field

from api.storage.reroute_news import NewsKind, NewsRow, NewsState


class NewsOut(BaseModel):
    """A piece of news: ``eta`` for a pickup point, ``command`` for the device on a vehicle.

    ``delivered`` means that the webhook, or the broker, has confirmed it. ``detail`` says why it
    was not sent, has been given up, or how the last try failed.
    """

    id: Annotated[str, Field(description="The same at every try: the second of two is the first.")]
    kind: NewsKind
    receiver: Annotated[str, Field(description="A pickup point or a vehicle.")]
    state: NewsState
    detail: str
    tries: int
    created_at: datetime
    delivered_at: datetime | None
    expires_at: datetime | None
    body: Annotated[dict[str, Any], Field(description="What is sent.")]

    @classmethod
    def of(cls, row: NewsRow) -> NewsOut:
        """Show a piece of news."""
        return cls(
            id=row.id,
            kind=row.kind,
            receiver=row.receiver,
            state=row.state,
            detail=row.error,
            tries=row.tries,
            created_at=row.created_at,
            delivered_at=row.delivered_at,
            expires_at=row.expires_at,
            body=json.loads(row.body),
        )


class NewsList(BaseModel):
    """What is told of one case, pickup points first; empty where nothing has to be told."""

    reroute: str
    items: list[NewsOut]

    @classmethod
    def of(cls, reroute: str, rows: Sequence[NewsRow]) -> NewsList:
        """Show what is told of a case."""
        return cls(reroute=reroute, items=[NewsOut.of(row) for row in rows])
