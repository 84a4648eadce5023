"""The manifest of a vehicle as PDF: a trip begins on a new page, a stop stays on one page."""

from __future__ import annotations

from collections.abc import Callable

from api.manifests import figures
from api.manifests.fonts import FontFile, needs_font
from api.manifests.paper import GREY, LEFT, RIGHT, TINTS, Paper
from api.manifests.pdf_stop import StopBlock, draw_rests, in_boxes
from api.manifests.sheet import (
    Bay,
    LoadingStep,
    Sheet,
    Trip,
)
from api.manifests.words import WORDS, Language, Words

WIDTH = RIGHT - LEFT
BAY_WIDTHS = (21, 16, 27, 30, 36, 17, 21, 20)


def manifest_pdf(sheet: Sheet, language: Language, font: Callable[[], FontFile]) -> bytes:
    """Write the manifest of one vehicle; the same sheet gives the same bytes.

    Parameters
    ----------
    sheet
        The manifest.
    language
        Language of the labels; names stay as the user's files give them.
    font
        Finds a font file; asked only where Helvetica does not suffice.

    Raises
    ------
    Refusal
        A font is needed and there is none, or none that can be used (CG-7501).
    """
    words = WORDS[language]
    paper = Paper(
        title=sheet.vehicle,
        lines=_lines(sheet, None, words),
        words=words,
        made_at=sheet.heading.made_at,
        font=font() if needs_font(sheet, words) else None,
    )
    for trip in sheet.trips:
        paper.lines = _lines(sheet, trip, words)
        paper.add_page()
        _trip(paper, sheet, trip)
    if not sheet.trips:
        paper.add_page()
        paper.put(LEFT, paper.at, WIDTH, words["nothing"])
    elif len(sheet.trips) > 1:
        paper.room(8)
        totals = [(words[a.zone.value], figures.goods(a)) for a in sheet.totals]
        paper.facts([(words["total"], ""), *totals], size=10)
    return bytes(paper.output())


def _lines(sheet: Sheet, trip: Trip | None, words: Words) -> tuple[str, str]:
    parts = [words["manifest"], sheet.type]
    if trip is not None:
        parts += [f"{words['trip']} {trip.number}", f"{words['wave']} {trip.wave}"]
    return " · ".join(parts), figures.standing(sheet.heading, words)


def _trip(paper: Paper, sheet: Sheet, trip: Trip) -> None:
    words = paper.words
    rests = [
        (words["rest"], f"{figures.clock(a, trip.departs)} - {figures.clock(b, trip.departs)}")
        for a, b in trip.rests
    ]
    paper.facts(
        [
            (words["departs"], figures.day_and_time(trip.departs)),
            (words["from"], figures.place(trip.start)),
            (words["returns"], figures.clock(trip.returns, trip.departs)),
            (words["distance"], figures.kilometres(trip.distance_m)),
            *rests,
        ]
    )
    middle = LEFT + WIDTH / 2
    for x, name in ((LEFT, "driver"), (middle + 3, "loader")):
        paper.put(x, paper.at + 1, 30, words[name], size=9.5)
        paper.stroke(x, paper.at + 7.5, x + WIDTH / 2 - 3, paper.at + 7.5)
    paper.at += 9
    paper.title_line(words["compartments"], words["set_bulkheads"] if sheet.movable else "")
    _body(paper, trip)
    _bays(paper, trip)
    _loading(paper, trip)
    paper.title_line(f"{words['stops']}: {len(trip.stops)}")
    for stop in trip.stops:
        draw_rests(paper, trip, stop.rests)
        StopBlock(paper, trip, stop).draw()
    draw_rests(paper, trip, trip.rests_on_the_way_back)


def _body(paper: Paper, trip: Trip) -> None:
    """Draw the compartments from above, front wall at the left."""
    if not any(bay.span for bay in trip.bays):
        return
    total = sum(bay.size_ml for bay in trip.bays)
    least = min(20.0, WIDTH / len(trip.bays))
    spare = WIDTH - least * len(trip.bays)
    x = LEFT
    for bay in trip.bays:
        # Every compartment is wide enough for its name; the rest is shared out by volume.
        width = least + spare * bay.size_ml / total
        paper.paint(x, paper.at, width, 12, TINTS[bay.zone])
        paper.frame(x, paper.at, width, 12, 0.7)
        name = paper.words[bay.zone.value]
        paper.put(x + 1.5, paper.at + 1, width - 3, name, size=11, bold=True, height=5)
        paper.put(x + 1.5, paper.at + 6, width - 3, figures.position(bay), size=9.5)
        x += width
    paper.put(LEFT, paper.at + 12.3, 60, paper.words["front"], size=8.5, height=4)
    paper.put(RIGHT - 60, paper.at + 12.3, 60, paper.words["rear"], size=8.5, align="R", height=4)
    paper.at += 16.8


def _bays(paper: Paper, trip: Trip) -> None:
    words = paper.words
    boxed = not any(bay.span for bay in trip.bays)
    middle = ("boxes", "ice") if boxed else ("from_front", "bulkhead_at")
    names = ("zone", "size", *middle, "load", "setpoint", "band", "measured_loading")
    heads = [words[name] for name in names]
    paper.cells(heads, BAY_WIDTHS, aligns="LRRRRRRL", size=9, bold=True, fill=GREY)
    for bay in trip.bays:
        where = (figures.position(bay), figures.bulkhead(bay))
        if boxed:
            where = _box_cells(bay)
        texts = (
            words[bay.zone.value], figures.litres(bay.size_ml), *where, figures.goods(bay.load),
            figures.celsius(bay.policy.setpoint_c), figures.band(bay.policy.product), "",
        )  # fmt: skip
        paper.cells(texts, BAY_WIDTHS, aligns="LRRRRRRL", height=6.6)


def _box_cells(bay: Bay) -> tuple[str, str]:
    if bay.boxes is None:
        return "", ""
    return str(bay.boxes.count), figures.ice(bay.boxes.ice_kg) if bay.boxes.ice_kg else ""


def _loading(paper: Paper, trip: Trip) -> None:
    words = paper.words
    paper.title_line(words["loading_order"], words["loading_order_hint"])
    columns = len(trip.loading)
    if not columns:
        return
    widths = [10.0, *[(WIDTH - 10) / columns] * columns]
    heads = ["", *(words[zone.value] for zone, _ in trip.loading)]

    def head() -> None:
        paper.cells(heads, widths, aligns="L" * len(widths), size=9.5, bold=True, fill=GREY)

    head()
    for row in range(max(len(steps) for _, steps in trip.loading)):
        if paper.room(10.4):
            head()
        paper.frame(LEFT, paper.at, widths[0], 10.4)
        paper.put(LEFT, paper.at, widths[0], str(row + 1), size=12, bold=True, align="C",
                  height=10.4)  # fmt: skip
        for column, (_, steps) in enumerate(trip.loading):
            x = LEFT + 10 + column * widths[1]
            paper.frame(x, paper.at, widths[1], 10.4)
            if row < len(steps):
                _step(paper, steps[row], x + 1.5, widths[1] - 3)
        paper.at += 10.4
    paper.room(6)
    totals = [words["total"], *(figures.goods(amount) for amount in trip.totals)]
    paper.cells(totals, widths, aligns="L" * len(widths), size=9.5, bold=True, fill=GREY)


def _step(paper: Paper, step: LoadingStep, x: float, width: float) -> None:
    paper.put_name(x, paper.at + 0.4, width, figures.place(step.site), size=10.5, height=5.2)
    text = figures.goods(step.amount) + in_boxes(step.boxes, paper.words, ", ")
    paper.put(x, paper.at + 5.2, width, text, size=9.5, height=4.6)
