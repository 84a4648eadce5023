"""English that has stayed on a Chinese page, where a name, an id or a key is none."""

from __future__ import annotations

import re
from collections.abc import Iterable

from playwright.sync_api import Page

TEXTS = """() => {
    const found = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
        const { parentElement, textContent } = walker.currentNode;
        if (!parentElement.closest("script, noscript, style, code, .keys dt, [lang=en]"))
            found.push(textContent);
    }
    for (const name of ["aria-label", "title", "placeholder", "aria-valuetext"])
        for (const one of document.querySelectorAll(`[${name}]:not([lang=en])`))
            found.push(one.getAttribute(name));
    return found;
}"""
ID = re.compile(r"[A-Za-z_]*(?:\d|[-/_](?=[A-Za-z\d]))[\w/-]*")
WORD = re.compile(r"[A-Za-z]{3,}")
SAME = {
    "coldgrid",
    "CSV",
    "PDF",
    "Excel",
    "Tab",
    "Esc",
    "Enter",
    "Shift",
    "Home",
    "End",
    "Page",
    "Down",
}
"""Words that people write so in Chinese too, and what stands on keys."""


def english(page: Page, names: Iterable[str] = ()) -> list[str]:
    """Give words of three letters and more on a page, seen or read aloud, without names and ids.

    Parameters
    ----------
    page
        What is shown now.
    names
        What people and places are called by whoever runs the service.
    """
    found = set()
    for text in page.evaluate(TEXTS):
        bare = text
        for name in names:
            bare = bare.replace(name, " ")
        found |= set(WORD.findall(ID.sub(" ", bare)))
    return sorted(found - SAME)
