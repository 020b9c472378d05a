"""Reads multipart/form-data as it comes: a part at a time, of a file only the first megabyte in memory."""

import re
from collections import deque
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote_to_bytes

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.requests import ClientDisconnect, Request

from lumiku.api.parts import Part, new_file
from lumiku.core.errors import InvalidInput, LimitExceeded
from lumiku.core.http_headers import announces_more
from lumiku.engine.errors import FileTooLarge
from lumiku.removals.errors import BatchTooLarge

if TYPE_CHECKING:
    from python_multipart.multipart import MultipartCallbacks

_FIELD_BYTES: Final = 65_536
_MAX_FIELDS: Final = 1000  # 500 addresses may come as so many
_FIELDS_BYTES: Final = 8_388_608  # of all together, for they are in memory
_NAME_LENGTH: Final = 255
_QUOTED: Final = re.compile(rb'"(?:[^"\\]|\\.)*"')
_EXTENDED: Final = re.compile(rb";[ \t]*filename\*[ \t]*=[ \t]*(?:([\w-]*)'[\w-]*')?([^;\s]*)", re.IGNORECASE)
# As browsers write what cannot stand in a header: HTML, "multipart/form-data encoding algorithm".
_ESCAPED: Final = {b"%22": b'"', b"%0D": b"\r", b"%0A": b"\n"}


@dataclass(frozen=True)
class FormLimits:
    """How much of a form is taken.

    Attributes:
        file_bytes: of one file; of a longer one the rest is read and dropped, and it says so itself.
        total_bytes: of all together.
        files: how many.
        many: it is a batch; only then is too much called so.
        folder: where files over a megabyte wait on the disk, nameless.
    """

    file_bytes: int
    total_bytes: int
    files: int
    folder: Path
    many: bool = False


async def read_form(request: Request, limits: FormLimits) -> AsyncIterator[Part]:
    """The parts in their order, each when it is complete.

    Raises:
        InvalidInput: it is malformed, or ends early.
        FileTooLarge, BatchTooLarge: it is longer than `limits.total_bytes`, or has more files than allowed.
    """
    if announces_more(request.headers.get("content-length", ""), limits.total_bytes):
        raise _too_long(limits)
    reader = _Reader(request.headers.get("content-type", ""), limits)
    received = 0
    try:
        async for piece in body_of(request):
            received += len(piece)
            if received > limits.total_bytes:
                raise _too_long(limits)
            reader.feed(piece)
            while reader.complete:
                with reader.complete.popleft() as part:
                    yield part
    finally:
        reader.close()
    if not reader.ended:
        raise InvalidInput("the form ends before its last boundary")


async def body_of(request: Request) -> AsyncIterator[bytes]:
    """The body as it comes.

    Raises:
        InvalidInput: it ends early.
    """
    try:
        async for piece in request.stream():
            yield piece
    except ClientDisconnect as error:
        raise InvalidInput("the body ends early") from error


def clean_filename(name: str) -> str:
    """The last part of a path, as one line; never empty."""
    last = name.replace("\\", "/").rstrip("/").rpartition("/")[2]
    shown = "".join(letter for letter in last if letter.isprintable()).strip()
    return (shown or "image")[-_NAME_LENGTH:]


class _Reader:
    """The parser's callbacks, and the parts that they make."""

    def __init__(self, content_type: str, limits: FormLimits) -> None:
        self.complete: deque[Part] = deque()
        self.ended = False
        self._limits = limits
        self._files = self._fields = self._fields_bytes = 0
        self._part: Part | None = None
        self._headers: dict[bytes, bytes] = {}
        self._field = self._value = b""
        boundary = parse_options_header(content_type)[1].get(b"boundary", b"")
        callbacks: MultipartCallbacks = {
            "on_part_begin": self._begin,
            "on_header_field": self._on_field,
            "on_header_value": self._on_value,
            "on_header_end": self._on_header,
            "on_headers_finished": self._open,
            "on_part_data": self._on_data,
            "on_part_end": self._close,
            "on_end": self._end,
        }
        if not boundary:
            raise InvalidInput("the form's Content-Type names no boundary")
        try:
            self._parser = MultipartParser(boundary, callbacks)
        except FormParserError as error:
            raise InvalidInput("the form's boundary is malformed") from error

    def feed(self, piece: bytes) -> None:
        try:
            self._parser.write(piece)
        except FormParserError as error:
            raise InvalidInput("the form is malformed") from error

    def close(self) -> None:
        """Give up what nobody has taken."""
        for part in (self._part, *self.complete):
            if part is not None:
                part.__exit__()

    def _begin(self) -> None:
        self._headers = {}

    def _on_field(self, data: bytes, start: int, end: int) -> None:
        self._field += data[start:end]

    def _on_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _on_header(self) -> None:
        self._headers[self._field.lower()] = self._value
        self._field = self._value = b""

    def _open(self) -> None:
        header = self._headers.get(b"content-disposition", b"")
        kind, options = parse_options_header(header)
        if kind != b"form-data" or b"name" not in options:
            raise InvalidInput("a part of the form has no name")
        name = options[b"name"].decode("utf-8", "replace")[:_NAME_LENGTH]
        filename = _filename(header, options.get(b"filename"))
        if filename is None:
            self._fields += 1
            if self._fields > _MAX_FIELDS:
                raise InvalidInput(f"the form has more than {_MAX_FIELDS} fields")
            self._part = Part(name, None)
            return
        self._files += 1
        if self._files > self._limits.files:
            if not self._limits.many:
                raise InvalidInput(f"at most {self._limits.files} files can be sent here")
            raise BatchTooLarge(
                f"a batch has at most {self._limits.files} pictures", limit=self._limits.files
            )
        self._part = new_file(name, filename and clean_filename(filename), self._limits.folder)

    def _on_data(self, data: bytes, start: int, end: int) -> None:
        part = self._opened()
        limit = self._limits.file_bytes
        if part.filename is None:
            limit = _FIELD_BYTES
            self._fields_bytes += end - start
            if self._fields_bytes > _FIELDS_BYTES:
                raise InvalidInput(f"the form's fields are longer than {_FIELDS_BYTES} bytes together")
        if part.size_bytes + end - start <= limit:
            part.append(data[start:end])
        elif part.filename is None:
            raise InvalidInput(f"{part.name} is longer than {_FIELD_BYTES} bytes", field=part.name)
        else:
            part.size_bytes, part.too_large = limit, True

    def _close(self) -> None:
        self.complete.append(self._opened())
        self._part = None

    def _end(self) -> None:
        self.ended = True

    def _opened(self) -> Part:
        if self._part is None:
            raise InvalidInput("the form is malformed")
        return self._part


def _filename(header: bytes, plain: bytes | None) -> str | None:
    """Of a file; None: it is a field. `filename*` is against RFC 7578, but clients send it, and it alone."""
    if plain is not None:
        for escaped, meant in _ESCAPED.items():
            plain = plain.replace(escaped, meant)
        return plain.decode("utf-8", "replace")
    extended = _EXTENDED.search(_QUOTED.sub(b'""', header))
    if extended is None:
        return None
    charset = "latin-1" if (extended[1] or b"").lower() == b"iso-8859-1" else "utf-8"
    return unquote_to_bytes(extended[2]).decode(charset, "replace")


def _too_long(limits: FormLimits) -> LimitExceeded:
    if not limits.many:
        return FileTooLarge(f"The file is over the limit of {limits.file_bytes:,} bytes.")
    return BatchTooLarge(f"more than {limits.total_bytes:,} bytes", limit=limits.total_bytes)
