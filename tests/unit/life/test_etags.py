from __future__ import annotations

import pytest

from api.life.etags import etag, matches


@pytest.mark.parametrize(
    ("header", "matched"),
    [
        ('"plan-1.3"', True),
        (' "plan-1.3" ', True),
        ('"plan-1.2", "plan-1.3"', True),
        ('"plan-1.2"', False),
        ('"plan-2.3"', False),
        ('W/"plan-1.3"', False),
        ("plan-1.3", False),
        ("*", False),
        ("", False),
    ],
)
def test_only_the_tag_of_this_revision_matches(header: str, matched: bool) -> None:
    assert etag("plan-1", 3) == '"plan-1.3"'
    assert matches(header, "plan-1", 3) is matched
