"""Wait for what a page says of itself, under the pages' own content security policy."""

from __future__ import annotations

from playwright.sync_api import Page

UNTIL = """async ([condition, longestMs]) => {
    const end = performance.now() + longestMs;
    while (!await CONDITION) {
        if (performance.now() > end) throw new Error(`never came true: ${condition}`);
        await new Promise((next) => setTimeout(next, 50));
    }
}"""


def until(page: Page, condition: str, longest_ms: float = 30_000) -> None:
    """Wait until a JavaScript expression is true; a promise counts as what it gives.

    `Page.wait_for_function` evaluates its text in the page again and again, and the policy
    refuses that: it works only where the first answer is already the right one.
    """
    page.evaluate(UNTIL.replace("CONDITION", f"({condition})"), [condition, longest_ms])
