"""What a request for removals asks for, whichever way it is written: a form, JSON, or fields in a line."""

import hashlib
import json
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import unquote_to_bytes

from starlette.requests import Request

from lumiku.api.multipart import FormLimits, read_form
from lumiku.api.parts import Part
from lumiku.core.errors import InvalidInput, LimitExceeded

# Names that a picture, and pictures, may go by.
SINGLE: Final = frozenset({"image", "file", "image_file"})
MANY: Final = re.compile(r"images(?:\[\d{0,4}\])?|files(?:\[\d{0,4}\])?")
URLS: Final = frozenset({"imageUrl", "image_url"})
MANY_URLS: Final = re.compile(r"imageUrls(?:\[\d{0,4}\])?|image_urls(?:\[\d{0,4}\])?")
BACKGROUND: Final = frozenset({"backgroundImage", "background_image"})
# What is not text costs many times its length in memory: `[],` takes 64 bytes, and so does a `%41` while it
# is read. 500 addresses with some commas in each are far below this.
_MOST_VALUES: Final = 50_000
_MOST_FIELDS: Final = 1000
_PIECE_BYTES: Final = 8192


class MissingField(InvalidInput):
    """Something without which the request makes no sense is not there."""

    code = "MISSING_REQUIRED_FIELD"


@dataclass
class Fields:
    """Everything of a request but its pictures."""

    values: dict[str, object] = field(default_factory=dict)

    def add(self, name: str, value: object) -> None:
        """Raises InvalidInput where the name is there already; addresses of pictures become a list."""
        if MANY_URLS.fullmatch(name):
            listed = self.values.setdefault("imageUrls", [])
            if isinstance(listed, list):
                listed.append(value)
            return
        if name in self.values:
            raise InvalidInput(f"{name} is given twice", field=name)
        self.values[name] = value

    def take(self, *names: str) -> object:
        """The value under any of these names, which is then gone; None where there is none."""
        found = [self.values.pop(name) for name in names if name in self.values]
        if len(found) > 1:
            raise InvalidInput(f"only one of {', '.join(names)}", field=names[0])
        return found[0] if found else None

    def take_text(self, name: str, *, max_length: int) -> str:
        """A line of text, which is then gone; empty where there is none."""
        value = self.take(name)
        if value is None:
            return ""
        if not isinstance(value, str) or len(value) > max_length or not value.isprintable():
            raise InvalidInput(f"{name} must be one line of at most {max_length} characters", field=name)
        return value

    def take_switch(self, name: str) -> bool:
        """True or false, which is then gone; false where there is none."""
        value = self.take(name)
        known = {None: False, False: False, True: True, "false": False, "true": True, "0": False, "1": True}
        if not isinstance(value, str | bool | None) or value not in known:
            raise InvalidInput(f"{name} must be true or false", field=name)
        return known[value]

    def options(self) -> dict[str, object]:
        """All that is left, but for what is empty."""
        return {name: value for name, value in self.values.items() if value not in ("", None)}


def is_form(request: Request) -> bool:
    """Whether it is multipart, which is read part by part."""
    return _media_type(request) == "multipart/form-data"


def check_kind(request: Request) -> None:
    """Raises InvalidInput where the body is neither JSON nor fields in a line."""
    if _media_type(request) not in {"application/json", "application/x-www-form-urlencoded"}:
        raise InvalidInput("send multipart/form-data, application/json or application/x-www-form-urlencoded")


def parse_fields(request: Request, body: bytes) -> Fields:
    """A body of JSON or of fields in a line. Raises InvalidInput where it is malformed."""
    fields = Fields()
    try:
        if _media_type(request) == "application/json":
            given = _loaded(body)
            if not isinstance(given, dict):
                raise InvalidInput("the body must be a JSON object")
            fields.values = given
        else:
            if body.count(b"&") >= _MOST_FIELDS:
                raise InvalidInput(f"the body has more than {_MOST_FIELDS:,} fields")
            for pair in filter(None, body.split(b"&")):
                name, _, value = pair.partition(b"=")
                fields.add(_unescaped(name), _unescaped(value))
    except (ValueError, RecursionError) as error:
        raise InvalidInput("the body cannot be read") from error
    return fields


async def read_parts(request: Request, limits: FormLimits, fields: Fields) -> AsyncIterator[Part]:
    """The files of a form as they come; its fields go to `fields`, and are all there at the end."""
    async for part in read_form(request, limits):
        if part.filename is None:
            fields.add(part.name, part.text)
        elif part.filename or part.size_bytes:  # a browser sends an empty one where none was chosen
            yield part


@contextmanager
def as_background() -> Iterator[None]:
    """Name the background image in what is said of a picture that cannot be taken."""
    try:
        yield
    except (InvalidInput, LimitExceeded) as error:
        error.details = {**error.details, "field": "backgroundImage"}
        error.message = f"The background image cannot be used: {error.message}"
        raise


def _media_type(request: Request) -> str:
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


def texts(value: object, name: str, most: int) -> list[str]:
    """A list of texts, which has more than `most` where more were given; JSON in a form's field will do."""
    if isinstance(value, list) and len(value) == 1 and isinstance(value[0], str):
        value = value[0]
    if isinstance(value, str):
        stripped = value.strip()
        if stripped.startswith("["):
            try:
                value = _loaded(stripped.encode("utf-8", "surrogatepass"))
            except (ValueError, RecursionError):
                value = None
        else:
            value = stripped.split(maxsplit=most)
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise InvalidInput(f"{name} must be a list of texts", field=name)
    return value


def _loaded(text: bytes) -> object:
    """What JSON says. Raises InvalidInput where it has more values than any request needs."""
    if sum(map(text.count, (b",", b"[", b"{"))) > _MOST_VALUES:
        raise InvalidInput("the body has more values than are taken")
    return json.loads(text)


def _unescaped(text: bytes) -> str:
    """A name or value of a line of fields, piece by piece; none ends within a `%41`."""
    plain, read, start = text.replace(b"+", b" "), bytearray(), 0
    while start < len(plain):
        end = start + _PIECE_BYTES
        cut = plain.rfind(b"%", end - 2, end)
        end = end if cut < 0 else cut
        read += unquote_to_bytes(plain[start:end])
        start = end
    return read.decode("utf-8", "replace")


def hash_of(**values: object) -> bytes:
    """Stands for all of these values, for idempotency keys."""
    text = json.dumps(values, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).digest()
