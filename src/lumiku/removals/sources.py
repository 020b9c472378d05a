"""Pictures as strangers give them: checked to the end, then stored, before anything is charged."""

import asyncio
import base64
import binascii
import hashlib
import re
import unicodedata
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Final
from urllib.parse import unquote, urlsplit

from lumiku.core.errors import InvalidInput
from lumiku.engine.errors import FileTooLarge
from lumiku.engine.steps.decode import DecodeLimits
from lumiku.engine.steps.inspect import PictureFacts, inspect
from lumiku.intake.errors import SourceFailed, SourceRefused
from lumiku.intake.fetch import fetch_into
from lumiku.intake.settings import IntakeSettings
from lumiku.removals.model import Source
from lumiku.removals.settings import RemovalsSettings
from lumiku.storage.base import Storage
from lumiku.storage.keys import new_key

_EXTENSIONS: Final = {"jpeg": "jpg", "heif": "heic", "tiff": "tif"}
_MAX_NAME: Final = 255
_DATA_URL: Final = re.compile(r"data:[\w.+/;=-]{0,100},", re.ASCII)
# Each thread holds a decoded picture, so a flood of large ones waits rather than fills the memory.
_READERS: Final = ThreadPoolExecutor(2, thread_name_prefix="lumiku-inspect")
# Twice as many as may download at once: a download that nobody waits for any more goes on till its own end.
_FETCHERS: Final = ThreadPoolExecutor(48, thread_name_prefix="lumiku-fetch")


async def check_and_store(
    data: bytes, name: str, *, storage: Storage, settings: RemovalsSettings, now: datetime
) -> Source:
    """Read a picture through, away from the event loop, and store it if it is one.

    The file belongs to no row yet. Where no transaction takes it, delete it; the sweep finds what is left.

    Raises:
        FileTooLarge, ImageTooLarge, InvalidFileType, UnreadableImage: it is not taken; nothing was stored.
        StorageUnavailable: it cannot be stored now.
    """
    limits = DecodeLimits(settings.max_bytes, settings.max_pixels)
    facts, digest = await asyncio.get_running_loop().run_in_executor(_READERS, _examine, data, limits)
    kind = facts.format.lower()
    key = new_key("uploads", _EXTENSIONS.get(kind, kind), now)
    await storage.put(key, data)
    return Source(key, clean_name(name), kind, len(data), facts.width, facts.height, digest)


async def fetch_source(url: str, settings: IntakeSettings, write: Callable[[bytes], object]) -> str:
    """Download a picture, in a thread; gives the last part of its address as its name.

    Raises:
        SourceRefused: the address is not one we fetch from, or the other side did not give the picture.
        DownloadTooLarge: more bytes than the limit.
    """
    try:
        await asyncio.get_running_loop().run_in_executor(_FETCHERS, fetch_into, url, settings, write)
    except SourceFailed as error:  # the other side is the caller's choice, so this is no outage of ours
        raise SourceRefused(error.message, **error.details) from error
    return clean_name(unquote(urlsplit(url).path))


def decode_base64(text: str, max_bytes: int) -> bytes:
    """The bytes of base64, in lines as MIME has it or in one, or of a data: URL.

    Raises:
        FileTooLarge: they would be more than the limit.
        InvalidInput: it is no base64.
    """
    text = text.replace("\n", "").replace("\r", "")  # not blanks: they were + in a form that was not escaped
    start = found.end() if (found := _DATA_URL.match(text)) else 0
    too_large = FileTooLarge(f"The file is larger than the limit of {max_bytes:,} bytes.")
    if (len(text) - start) * 3 // 4 > max_bytes + 3:
        raise too_large
    try:
        data = base64.b64decode(text[start:], validate=True)
    except (binascii.Error, ValueError) as error:
        raise InvalidInput("the picture is not valid base64", field="image") from error
    if not data:
        raise InvalidInput("the picture is empty", field="image")
    if len(data) > max_bytes:
        raise too_large
    return data


def clean_name(name: str) -> str:
    """A file's name without folders, control characters and what file systems refuse; may be empty."""
    readable = unicodedata.normalize("NFC", name.encode("utf-8", "replace").decode("utf-8"))
    last = re.split(r"[/\\]", readable)[-1]
    shown = "".join(
        "_" if each in '<>:"|?*' else each for each in last if unicodedata.category(each)[0] != "C"
    )
    return shown.strip().lstrip(".")[-_MAX_NAME:]


def _examine(data: bytes, limits: DecodeLimits) -> tuple[PictureFacts, bytes]:
    return inspect(data, limits), hashlib.sha256(data).digest()
