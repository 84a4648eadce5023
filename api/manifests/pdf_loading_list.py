"""The loading list of a warehouse as PDF: one block per vehicle, in the order of departure."""

from __future__ import annotations

from collections.abc import Callable

from api.manifests import figures
from api.manifests.docks import DockTime, LoadingList
from api.manifests.fonts import FontFile, needs_font
from api.manifests.paper import GREY, LEFT, RIGHT, TINTS, Paper
from api.manifests.words import WORDS, Language
from optimizer.domain.problem import Horizon

WIDTH = RIGHT - LEFT
HEAD, ROW, HAND = 9.0, 5.8, 10.0
DOCK_WIDTH = 30.0


def loading_list_pdf(
    listing: LoadingList, horizon: Horizon, language: Language, font: Callable[[], FontFile]
) -> bytes:
    """Write the loading list of one site; the same list gives the same bytes.

    Parameters
    ----------
    listing
        The loading list.
    horizon
        From when its seconds count.
    language
        Language of the labels.
    font
        Finds a font file; asked only where Helvetica does not suffice.

    Raises
    ------
    Refusal
        A font is needed and there is none, or none that can be used (CG-7501).
    """
    words = WORDS[language]
    paper = Paper(
        title=figures.place(listing.site),
        lines=(words["loading_list"], figures.standing(listing.heading, words)),
        words=words,
        made_at=listing.heading.made_at,
        font=font() if needs_font(listing, words) else None,
    )
    paper.add_page()
    docks = words["unlimited"] if listing.docks is None else str(listing.docks)
    takes = figures.minutes(listing.loading_s)
    paper.facts([(words["docks"], docks), (words["loading_time"], takes)])
    if not listing.times:
        paper.put(LEFT, paper.at, WIDTH, words["no_times"])
    if any(one.dock is None for one in listing.times):
        paper.frame(LEFT, paper.at, WIDTH, 8, 0.6)
        paper.put(LEFT + 2, paper.at, WIDTH - 4, words["no_dock"], bold=True, height=8)
        paper.at += 10
    for one in listing.times:
        _block(paper, one, horizon)
    return bytes(paper.output())


def _block(paper: Paper, one: DockTime, horizon: Horizon) -> None:
    words = paper.words
    height = HEAD + ROW * (3 if one.boxes else 2) + HAND
    paper.room(height)
    top = paper.at
    _name(paper, one, horizon)
    paper.put(LEFT + 2, paper.at, WIDTH - 4, _facts(paper, one, horizon), size=10, height=ROW)
    paper.at += ROW
    width = WIDTH / max(1, len(one.amounts))
    for column, amount in enumerate(one.amounts):
        x = LEFT + column * width
        paper.paint(x, paper.at, width, ROW, TINTS[amount.zone])
        text = f"{words[amount.zone.value]}: {figures.goods(amount)}"
        paper.put(x + 2, paper.at, width - 4, text, size=10, bold=True, height=ROW)
    paper.at += ROW
    if one.boxes:
        paper.put(LEFT + 2, paper.at, WIDTH - 4, _boxes(paper, one), size=10, height=ROW)
        paper.at += ROW
    x = LEFT
    for name, share in (("done", 0.25), ("time", 0.25), ("signature", 0.5)):
        paper.frame(x, paper.at, WIDTH * share, HAND)
        paper.put(x + 1.2, paper.at + 0.5, 40, words[name], size=8.5, height=4)
        x += WIDTH * share
    paper.at += HAND
    paper.frame(LEFT, top, WIDTH, paper.at - top, 0.5)
    paper.at += 3.5


def _name(paper: Paper, one: DockTime, horizon: Horizon) -> None:
    words = paper.words
    day = horizon.instant(one.departs)
    paper.paint(LEFT, paper.at, DOCK_WIDTH, HEAD, GREY)
    dock = f"{words['dock']} {'__' if one.dock is None else one.dock}"
    paper.put(LEFT, paper.at, DOCK_WIDTH, dock, size=14, bold=True, align="C", height=HEAD)
    x = LEFT + DOCK_WIDTH + 3
    paper.put(x, paper.at, 70, one.vehicle, size=14, bold=True, height=HEAD)
    begins = figures.clock(horizon.instant(one.starts), day)
    ends = figures.clock(horizon.instant(one.ends), day)
    deed = words["loads" if one.loads else "unloads"]
    paper.put(RIGHT - 82, paper.at, 80, f"{begins} - {ends} {deed}", size=14, bold=True, align="R",
              height=HEAD)  # fmt: skip
    paper.at += HEAD
    paper.stroke(LEFT, paper.at, RIGHT, paper.at)


def _facts(paper: Paper, one: DockTime, horizon: Horizon) -> str:
    words = paper.words
    day = horizon.instant(one.departs)
    parts = [
        f"{words['departs']} {figures.day_and_time(day)}",
        f"{words['trip']} {one.trip}, {words['wave']} {one.wave}",
    ]
    if one.ready is not None:
        parts.append(f"{words['ready']} {figures.clock(horizon.instant(one.ready), day)}")
    if one.first_stop is not None:
        parts.append(f"{words['first_stop']} {figures.place(one.first_stop)}")
    return " · ".join(parts)


def _boxes(paper: Paper, one: DockTime) -> str:
    words = paper.words
    return " · ".join(
        f"{words[box.zone.value]}: {words['boxes']} {box.count}"
        + (f", {words['ice']} {figures.ice(box.ice_kg)}" if box.ice_kg else "")
        for box in one.boxes
    )
