"""Bodies that come as JSON or as a form with tables, read no further than they may be long."""

from __future__ import annotations

import hashlib
import json
from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Mapping
from dataclasses import dataclass, field
from io import BytesIO
from typing import IO, Annotated, Any

from fastapi import Depends, Request
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from api.problem_details import Refusal
from api.wiring import Wiring
from optimizer.formats.strict_json import json_from_text

JSON, FORM = "application/json", "multipart/form-data"
MOST_PARTS = 40
PIECE = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """What came with a request.

    Parameters
    ----------
    body
        The bytes of a JSON body; None where a form came.
    fields
        The parts of a form that are text.
    files
        The parts of a form that are files; the names that the sender's files bear are ignored.
    """

    body: bytes | None = None
    fields: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, IO[bytes]] = field(default_factory=dict)

    @property
    def is_form(self) -> bool:
        """Say whether a form came."""
        return self.body is None

    def document(self) -> Any:  # noqa: ANN401 - a JSON document
        """Parse the JSON body.

        Raises
        ------
        Refusal
            It is no JSON, or holds text that cannot be stored.
        """
        assert self.body is not None
        try:
            text = self.body.decode("utf-8-sig")
            document = json_from_text(text)
            if "\\u" in text:
                # Escapes can spell what is no text: halves of characters, and NUL.
                _ensure_text(document)
        except ValueError as error:
            raise Refusal("CG-7003", f"the body is no JSON: {error}") from error
        return document

    def tables(self, names: Iterable[str]) -> dict[str, IO[bytes]]:
        """Give the parts that hold tables; one without a file name may be a table as well.

        Raises
        ------
        Refusal
            A file has another name.
        """
        known = list(names)
        for name in self.files:
            if name not in known:
                raise Refusal("CG-7107", f"part {name!r}: the tables are {', '.join(known)}")
        typed = {
            name: BytesIO(text.encode()) for name, text in self.fields.items() if name in known
        }
        return {**typed, **self.files}

    def fields_beside(self, names: Iterable[str]) -> dict[str, str]:
        """Give the fields that are no tables."""
        tables = set(names)
        return {name: text for name, text in self.fields.items() if name not in tables}

    def digest(self) -> str:
        """Name the content; how a form is cut into parts makes no difference."""
        if self.body is not None:
            return hashlib.sha256(self.body).hexdigest()
        parts = [(name, hashlib.sha256(text.encode()).hexdigest()) for name, text in
                 self.fields.items()]  # fmt: skip
        for name, file in self.files.items():
            file.seek(0)
            parts.append((name, hashlib.file_digest(file, "sha256").hexdigest()))  # type: ignore[arg-type]
            file.seek(0)
        return hashlib.sha256(json.dumps(sorted(parts)).encode()).hexdigest()


async def read_upload(request: Request) -> AsyncIterator[Upload]:
    """Read the body of a request.

    Raises
    ------
    Refusal
        It is too long, of another media type, or no form.
    """
    wiring: Wiring = request.app.state.wiring
    most = wiring.settings.upload_bytes
    _ensure_length(request, most)
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == JSON:
        yield Upload(body=b"".join([piece async for piece in _capped(request, most)]))
    elif kind == FORM:
        parser = MultiPartParser(
            request.headers,
            _capped(request, most),
            max_files=MOST_PARTS,
            max_fields=MOST_PARTS,
            max_part_size=most,
        )
        try:
            form = await parser.parse()
        except MultiPartException as error:
            raise Refusal("CG-7003", f"the form cannot be read: {error.message}") from error
        try:
            yield _upload(form.multi_items())
        finally:
            await form.close()
    else:
        raise Refusal("CG-7005", f"content type {kind or 'none'}: this route reads {JSON}, {FORM}")


Given = Annotated[Upload, Depends(read_upload)]


def request_body(
    schema: Mapping[str, Any], tables: Iterable[str], fields: Mapping[str, Any]
) -> dict[str, Any]:
    """Describe a body of two kinds for the OpenAPI document.

    Parameters
    ----------
    schema
        The JSON Schema of the JSON body.
    tables
        Parts of the form that hold tables.
    fields
        The JSON Schema of the form's other parts.
    """
    files = {name: {"type": "string", "format": "binary"} for name in tables}
    form = {**fields, "properties": {**files, **fields.get("properties", {})}}
    content = {JSON: {"schema": dict(schema)}, FORM: {"schema": form}}
    return {"requestBody": {"required": True, "content": content}}


def _ensure_length(request: Request, most: int) -> None:
    stated = request.headers.get("content-length", "")
    if stated.isdecimal() and int(stated) > most:
        raise _too_long(most)


async def _capped(request: Request, most: int) -> AsyncGenerator[bytes, None]:
    """Give the pieces of a body until they are too many."""
    length = 0
    async for piece in request.stream():
        length += len(piece)
        if length > most:
            raise _too_long(most)
        yield piece


def _too_long(most: int) -> Refusal:
    return Refusal("CG-7004", f"the body is longer than {most} bytes")


def _upload(items: Iterable[tuple[str, UploadFile | str]]) -> Upload:
    fields: dict[str, str] = {}
    files: dict[str, IO[bytes]] = {}
    for name, value in items:
        if name in fields or name in files:
            raise Refusal("CG-7107", f"part {name!r} stands twice")
        if isinstance(value, str):
            fields[name] = value
        else:
            files[name] = value.file
    return Upload(fields=fields, files=files)


def _ensure_text(document: object) -> None:
    text = json.dumps(document, ensure_ascii=False)
    if "\\u0000" in text:
        raise ValueError("it holds the character NUL")
    text.encode()
