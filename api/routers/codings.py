"""Answers that are kept zipped: given as they are to whoever can unzip, else plain."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated

from fastapi import Header, Response

UNZIPS = re.compile(r"\bgzip\b(?!\s*;\s*q=0(?:\.0*)?(?:\s|,|$))")
"""An ``Accept-Encoding`` that takes gzip."""

Coding = Annotated[str, Header(alias="accept-encoding", include_in_schema=False)]


def coded(
    plain: bytes, zipped: bytes, coding: str, *, media_type: str, headers: Mapping[str, str]
) -> Response:
    """Give the one of two forms of an answer that its reader can take.

    Parameters
    ----------
    plain, zipped
        The answer.
    coding
        The reader's ``Accept-Encoding``.
    media_type, headers
        What else is said of it; a ``Vary`` of its own has to name the coding too.
    """
    said = {"Vary": "Accept-Encoding", **headers}
    if not UNZIPS.search(coding):
        return Response(plain, media_type=media_type, headers=said)
    return Response(zipped, media_type=media_type, headers=said | {"Content-Encoding": "gzip"})
