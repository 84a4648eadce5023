"""Bytes of a user's file as text: UTF-8 with or without a byte order mark, else GBK.

Spreadsheets and editors in Chinese save as GBK unless they are told otherwise.
"""

from __future__ import annotations


def text_of(data: bytes) -> str:
    """Decode a file.

    Raises
    ------
    ValueError
        It is neither; the message says so.
    """
    if b"\0" in data:
        raise ValueError("it holds NUL bytes: it is UTF-16, binary or damaged")
    for encoding in ("utf-8-sig", "gbk"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise ValueError("it is neither UTF-8 nor GBK")
