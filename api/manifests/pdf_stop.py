"""One stop of a manifest as PDF: its times, its goods zone by zone, the fields to fill in."""

from __future__ import annotations

from collections.abc import Iterable

from api.manifests import figures
from api.manifests.paper import BOTTOM, GREY, LEFT, RIGHT, TINTS, TOP, Paper
from api.manifests.sheet import Rest, SheetLine, SheetStop, StopZone, Trip
from api.manifests.words import Words
from optimizer.formats.manifest import BoxShare

WIDTH = RIGHT - LEFT
LINE_WIDTHS = (48, 66, 30, 22, 22)
HEAD, ZONE, LINE, HAND = 9.0, 5.8, 4.9, 13.0
"""Heights in a stop: its name, a zone, a line of goods, the fields to fill in."""


def in_boxes(share: BoxShare | None, words: Words, before: str) -> str:
    """Say in which boxes goods lie, after a text; empty where they lie in none."""
    if share is None:
        return ""
    text = f"{before}{words['box']} {share}"
    return text + (f", {words['ice']} {figures.ice(share.ice_kg)}" if share.ice_kg else "")


def draw_rests(paper: Paper, trip: Trip, rests: Iterable[Rest]) -> None:
    """Draw the driver's breaks at their place between the stops."""
    for starts, ends in rests:
        paper.room(HEAD)
        paper.frame(LEFT, paper.at, WIDTH, HEAD - 2)
        times = f"{figures.clock(starts, trip.departs)} - {figures.clock(ends, trip.departs)}"
        text = f"{paper.words['rest']} {times}"
        paper.put(LEFT + 2, paper.at, WIDTH - 4, text, size=12, bold=True, height=HEAD - 2)
        paper.at += HEAD + 1.5


class StopBlock:
    """One stop; where it is longer than a page it goes on under its repeated name."""

    def __init__(self, paper: Paper, trip: Trip, stop: SheetStop) -> None:
        self._paper = paper
        self._trip = trip
        self._stop = stop
        self._top = 0.0

    def draw(self) -> None:
        """Draw the stop on this page where it fits, else on the next."""
        stop = self._stop
        lines = sum(len(part.lines) for part in stop.zones) + len(stop.collects)
        height = HEAD + ZONE * len(stop.zones) + LINE * lines + HAND
        self._paper.room(min(height, BOTTOM - TOP))
        self._name("")
        for part in stop.zones:
            # A zone's name is not left alone at the foot of a page.
            self._make_room(ZONE + LINE)
            self._zone(part)
            for line in part.lines:
                self._line(line, "")
        for line in stop.collects:
            self._line(line, f"{self._paper.words['collect']} ")
        self._make_room(HAND)
        self._fields()
        self._close()
        self._paper.at += 3.5

    def _make_room(self, height: float) -> None:
        if self._paper.at + height > BOTTOM:
            self._close()
            self._paper.add_page()
            self._name(f" ({self._paper.words['continued']})")

    def _close(self) -> None:
        self._paper.frame(LEFT, self._top, WIDTH, self._paper.at - self._top, 0.5)

    def _name(self, after: str) -> None:
        paper, stop, day = self._paper, self._stop, self._trip.departs
        self._top = paper.at
        times = f"{paper.words['arrives']} {figures.clock(stop.arrives, day)}"
        if stop.serves != stop.arrives:
            times += f" · {paper.words['serves']} {figures.clock(stop.serves, day)}"
        times += f" · {paper.words['leaves']} {figures.clock(stop.departs, day)}"
        paper.paint(LEFT, paper.at, 11, HEAD, GREY)
        paper.put(LEFT, paper.at, 11, str(stop.number), size=15, bold=True, align="C", height=HEAD)
        name = figures.place(stop.site) + after
        paper.put_name(LEFT + 13, paper.at, 93, name, size=14, height=HEAD)
        paper.put(LEFT + 108, paper.at, WIDTH - 110, times, size=12, bold=True, align="R",
                  height=HEAD)  # fmt: skip
        paper.at += HEAD
        paper.stroke(LEFT, paper.at, RIGHT, paper.at)

    def _zone(self, part: StopZone) -> None:
        paper, words = self._paper, self._paper.words
        zone = part.amount.zone
        paper.paint(LEFT, paper.at, WIDTH, ZONE, TINTS[zone])
        name = f"{words[zone.value]}: {figures.goods(part.amount)}"
        paper.put(LEFT + 2, paper.at, 76, name, size=10, bold=True, height=ZONE)
        expected = ""
        if part.product_c is not None:
            expected = f"{words['predicted']} {figures.celsius(part.product_c)}"
            if figures.celsius(part.margin_c):
                expected += f", {words['margin']} {figures.celsius(part.margin_c)}"
        text = expected + in_boxes(part.boxes, words, " · " if expected else "")
        paper.put(LEFT + 80, paper.at, WIDTH - 82, text, size=9.5, height=ZONE)
        paper.at += ZONE

    def _line(self, line: SheetLine, before: str) -> None:
        self._make_room(LINE)
        words = self._paper.words
        article = line.article + (f" ({words['door']})" if line.door else "")
        kept_in = line.batch
        if line.collect is not None:
            article, kept_in = words[line.collect.value], words[line.zone.value]
        texts = (
            f"{before}{line.key.order} / {line.key.line}", article, kept_in,
            figures.kg(line.mass_g), figures.litres(line.volume_ml),
        )  # fmt: skip
        self._paper.cells(texts, LINE_WIDTHS, aligns="LLLRR", height=LINE, size=9.5, grid=False)

    def _fields(self) -> None:
        paper, words = self._paper, self._paper.words
        zones = [f"°C {words[part.amount.zone.value]}" for part in self._stop.zones]
        wide = (WIDTH - 22 - 22 * len(zones)) / 3
        fields = [(words["time"], 22.0), *((zone, 22.0) for zone in zones)]
        fields += [(words[name], wide) for name in ("refused", "empties_collected", "signature")]
        x = LEFT
        for label, width in fields:
            paper.frame(x, paper.at, width, HAND)
            paper.put(x + 1.2, paper.at + 0.5, width - 2, label, size=8.5, height=4)
            x += width
        paper.at += HAND
