"""Dispatchers and boards of a soak: sessions that hold streams open and read with human pauses."""

from __future__ import annotations

import asyncio
import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

import httpx2

POINTS_EVERY_S = 10.0
"""A board asks for its points so often, as its shared worker does."""

PAUSE_S = (3.0, 15.0)
"""A dispatcher looks at an answer for so long."""

PLAN_EVERY_S = 45.0
PLAN_S = 10
LONGEST_S = 120.0
AN_OLDER_ONE = {"Cache-Control": "max-age=4"}
OPEN = frozenset({"queued", "running"})
READS = (
    ("plan", 2, "/v1/plans/{plan}"),
    ("plans", 1, "/v1/plans"),
    ("alarms", 3, "/v1/alarms"),
    ("estimate", 3, "/v1/points/{point}"),
    ("readings", 2, "/v1/readings?point={point}&limit=1000"),
    ("jobs", 1, "/v1/jobs"),
)
"""What dispatchers read: its name, how often beside the others, and where."""


@dataclass(slots=True, kw_only=True)
class Seen:
    """What all sessions have seen.

    Parameters
    ----------
    took_ms
        How long each read took, by what was read, in ms.
    jobs
        Plan jobs that were asked for, and how each ended.
    wrong
        What was no good answer, and how often.
    """

    took_ms: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    jobs: dict[str, str] = field(default_factory=dict)
    wrong: Counter[str] = field(default_factory=Counter)
    streamed: int = 0


class Sessions:
    """People at work with one service until they are told that it is over."""

    def __init__(self, address: str, plan: str, points: Sequence[str], seed: int) -> None:
        self.seen = Seen()
        self._plan, self._points, self._seed = plan, points, seed
        self._client = httpx2.AsyncClient(
            base_url=address, timeout=httpx2.Timeout(LONGEST_S, read=None),
            limits=httpx2.Limits(max_connections=None),
        )  # fmt: skip
        self._over = asyncio.Event()

    async def run(self, sessions: int, seconds: float, problem: dict[str, Any]) -> Seen:
        """Let so many work for some time; then wait until their jobs have ended."""
        streams = [asyncio.create_task(self._stream()) for _ in range(sessions)]
        readers = [
            asyncio.create_task(self._board(one) if one % 2 else self._dispatcher(one))
            for one in range(sessions)
        ]
        planner = asyncio.create_task(self._planner(problem))
        await asyncio.sleep(seconds)
        self._over.set()
        await asyncio.gather(*readers, planner)
        for one in streams:
            one.cancel()
        await asyncio.gather(*streams, return_exceptions=True)
        await self._client.aclose()
        return self.seen

    async def _stream(self) -> None:
        while True:
            try:
                async with self._client.stream("GET", "/v1/alarms/stream") as answer:
                    answer.raise_for_status()
                    async for _ in answer.aiter_lines():
                        self.seen.streamed += 1
            except httpx2.HTTPError as error:
                self.seen.wrong[f"stream: {type(error).__name__}"] += 1
                await asyncio.sleep(1.0)

    async def _board(self, number: int) -> None:
        draw = Random(self._seed * 10_000 + number)
        await self._pause(draw.uniform(0.0, POINTS_EVERY_S))
        while not self._over.is_set():
            begun = time.monotonic()
            await self._read("points", "/v1/points?limit=1000", AN_OLDER_ONE)
            await self._pause(POINTS_EVERY_S - (time.monotonic() - begun))

    async def _dispatcher(self, number: int) -> None:
        draw = Random(self._seed * 10_000 + number)
        names, weights, paths = zip(*READS, strict=True)
        await self._pause(draw.uniform(0.0, PAUSE_S[1]))
        while not self._over.is_set():
            which = draw.choices(range(len(names)), weights)[0]
            path = paths[which].format(plan=self._plan, point=draw.choice(self._points))
            await self._read(names[which], path)
            await self._pause(draw.uniform(*PAUSE_S))

    async def _planner(self, problem: dict[str, Any]) -> None:
        while not self._over.is_set():
            body = {"problem": problem, "time_limit_s": PLAN_S}
            answer = await self._client.post("/v1/plans", json=body)
            if answer.status_code == httpx2.codes.ACCEPTED:
                self.seen.jobs[answer.json()["id"]] = "queued"
            else:
                self.seen.wrong[f"plan: {answer.status_code}"] += 1
            await self._pause(PLAN_EVERY_S)
        ends_at = time.monotonic() + LONGEST_S
        for job in self.seen.jobs:
            while self.seen.jobs[job] in OPEN and time.monotonic() < ends_at:
                found = (await self._client.get(f"/v1/jobs/{job}")).json()
                self.seen.jobs[job] = found["state"]
                await asyncio.sleep(0.2)

    async def _read(self, name: str, path: str, headers: dict[str, str] | None = None) -> None:
        begun = time.perf_counter()
        try:
            answer = await self._client.get(path, headers=headers, timeout=LONGEST_S)
        except httpx2.HTTPError as error:
            self.seen.wrong[f"{name}: {type(error).__name__}"] += 1
            return
        self.seen.took_ms[name].append(1000 * (time.perf_counter() - begun))
        if answer.status_code != httpx2.codes.OK:
            self.seen.wrong[f"{name}: {answer.status_code}"] += 1

    async def _pause(self, seconds: float) -> None:
        """Wait, but not beyond the end."""
        try:
            await asyncio.wait_for(self._over.wait(), max(0.0, seconds))
        except TimeoutError:
            return
