"""A stored file as HTTP answers it: whole, a part, or only word that it has not changed (RFC 9110, 6266)."""

import re
import unicodedata
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Final
from urllib.parse import quote

from starlette.datastructures import Headers
from starlette.responses import Response, StreamingResponse

from lumiku.api.saved_names import ending_of, safe_name
from lumiku.core.errors import InvalidInput
from lumiku.core.http_headers import parse_http_date

_RANGE: Final = re.compile(r"bytes=[ \t]*(\d*)-(\d*)[ \t]*", re.ASCII | re.IGNORECASE)
_RANGES: Final = re.compile(r"bytes=[\d\-, \t]*,[\d\-, \t]*", re.ASCII | re.IGNORECASE)
_TAG: Final = re.compile(r'(?:W/)?"[^"]*"|\*')
_LONGEST: Final = 20  # digits of a position that can be meant

MEDIA_TYPES: Final[Mapping[str, str]] = {
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "webp": "image/webp",
    "avif": "image/avif",
    "gif": "image/gif",
    "bmp": "image/bmp",
    "tif": "image/tiff",
    "tiff": "image/tiff",
    "heic": "image/heic",
    "heif": "image/heif",
    "zip": "application/zip",
}


class RangeRefused(InvalidInput):
    """The part asked for is not in the file, or is several parts at once."""

    code = "RANGE_NOT_SATISFIABLE"


class Changed(InvalidInput):
    """The file is another than the one that was asked for by If-Match or If-Unmodified-Since."""

    code = "PRECONDITION_FAILED"


@dataclass(frozen=True)
class Span:
    """The bytes from `start` to before `end`."""

    start: int
    end: int


def media_type_of(key: str) -> str:
    """By the ending that we gave the key ourselves."""
    return MEDIA_TYPES.get(key.rpartition(".")[2], "application/octet-stream")


def disposition(filename: str, *, attachment: bool) -> str:
    """The Content-Disposition of a file with this name, readable to old clients too."""
    name = safe_name(filename)
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    # Made safe again: the plain form of a wide quotation mark is one that would end the name.
    plain = safe_name(plain) if plain.partition(".")[0].strip() else f"file{ending_of(name)}"
    shown = f'{"attachment" if attachment else "inline"}; filename="{plain}"'
    return shown if plain == name else f"{shown}; filename*=UTF-8''{quote(name, safe='')}"


@dataclass(frozen=True)
class Content:
    """Bytes that can be read from any place on.

    Attributes:
        size_bytes: all of them.
        etag: changes when they do; without quotes.
        modified_at: aware.
        read: gives the bytes from a place to before another.
    """

    size_bytes: int
    etag: str
    modified_at: datetime
    read: Callable[[int, int], AsyncIterator[bytes]]


def answer_file(content: Content, asked: Headers, headers: Mapping[str, str], *, bodiless: bool) -> Response:
    """The answer to a request with these headers; `headers` are added to the file's own.

    Raises:
        Changed: 412.
        RangeRefused: 416; `details` says how long the file is.
    """
    tag = f'"{content.etag}"'
    told = {
        **headers,
        "ETag": tag,
        "Last-Modified": format_datetime(content.modified_at.astimezone(UTC), usegmt=True),
        "Accept-Ranges": "bytes",
    }
    if not _is_meant(asked, tag, content.modified_at):
        raise Changed("the file has changed; ask for it anew")
    if _is_unchanged(asked, tag, content.modified_at):
        return Response(status_code=304, headers={k: v for k, v in told.items() if k != "Content-Type"})
    # HEAD has no parts (RFC 9110, 14.2).
    span = None if bodiless else _span(asked, tag, told["Last-Modified"], content.size_bytes)
    part = span or Span(0, content.size_bytes)
    told["Content-Length"] = str(part.end - part.start)
    if span:
        told["Content-Range"] = f"bytes {span.start}-{span.end - 1}/{content.size_bytes}"
    status = 206 if span else 200
    if bodiless:
        return Response(status_code=status, headers=told)
    return StreamingResponse(content.read(part.start, part.end), status, told)


def _is_meant(asked: Headers, tag: str, stored_at: datetime) -> bool:
    wanted = asked.get("if-match")
    if wanted is not None:
        return any(each in {tag, "*"} for each in _TAG.findall(wanted))
    until = parse_http_date(asked.get("if-unmodified-since", ""))
    return until is None or stored_at.replace(microsecond=0) <= until


def _is_unchanged(asked: Headers, tag: str, stored_at: datetime) -> bool:
    known = asked.get("if-none-match")
    if known is not None:
        return any(each in {tag, f"W/{tag}", "*"} for each in _TAG.findall(known))
    since = parse_http_date(asked.get("if-modified-since", ""))
    return since is not None and stored_at.replace(microsecond=0) <= since


def _span(asked: Headers, tag: str, modified: str, size: int) -> Span | None:
    """The part wanted; None where the whole is to be sent."""
    wanted, condition = asked.get("range"), asked.get("if-range")
    if wanted is None or (condition is not None and condition not in {tag, modified}):
        return None
    if _RANGES.fullmatch(wanted):
        raise RangeRefused("one part at a time", size=size)
    match = _RANGE.fullmatch(wanted)
    if match is None or not any(match.groups()) or any(len(each) > _LONGEST for each in match.groups()):
        return None  # not a range that we understand is as if there was none
    first, last = match.groups()
    if not first:
        start, end = max(0, size - int(last)), size
    else:
        start, end = int(first), min(size, int(last) + 1) if last else size
        if last and int(last) < start:
            return None
    if start >= end:
        raise RangeRefused(f"the file has {size} bytes", size=size)
    return Span(start, end)
