"""The font that PDFs with Chinese text need: absent is a skip at home and a failure in CI."""

from __future__ import annotations

import os

import pytest

from api.manifests.fonts import FontFile, search, usual_folders


def chinese_font() -> FontFile:
    """Give the machine's font."""
    found = search(usual_folders())
    if found is None:
        missing = (
            "no font with Chinese glyphs: on Debian and Ubuntu, apt-get install fonts-wqy-microhei"
        )
        if os.environ.get("CI") == "true":
            pytest.fail(missing)
        pytest.skip(missing)
    return found
