"""Pictures that come with a request: read, checked, stored, and deleted again where nothing comes of them."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final
from uuid import UUID

import structlog
from starlette.requests import Request

from lumiku.api.asked import Fields, check_kind, parse_fields
from lumiku.api.multipart import FormLimits, body_of
from lumiku.api.parts import Part, new_file
from lumiku.api.turns import Turns
from lumiku.bootstrap import Services
from lumiku.core.db import OutcomeUnknown
from lumiku.core.errors import InvalidInput, LumikuError
from lumiku.core.http_headers import announces_more
from lumiku.engine.errors import FileTooLarge
from lumiku.removals.model import Source
from lumiku.removals.sources import check_and_store, decode_base64, fetch_source

# A whole file is in memory only while it is checked and stored.
_ROOM_BYTES: Final = 12_000_000
_COPIES: Final = 3  # of a body of JSON: itself, its text, and the texts in it
_DOWNLOADS: Final = 24  # at once; each has a thread, and up to a megabyte in memory
_DOWNLOADS_SHARE: Final = 4  # of one account
_READING: Final = 6  # pictures that are checked or stored; one of 50 megapixels takes a core for a second
_READING_SHARE: Final = 3
_LEFT_BYTES: Final = 4_000_000  # of a body without its pictures: 500 addresses, each escaped, and options
_FORM_BYTES: Final = 1 << 20  # what fields and boundaries may add to files

log = structlog.get_logger("lumiku.http")


class Room:
    """Memory for so many bytes of files; whoever finds it full waits for their turn.

    A file that is larger than all of it comes in alone.
    """

    def __init__(self, size_bytes: int) -> None:
        self._size_bytes = size_bytes
        self._used = 0
        self._door = asyncio.Lock()
        self._freed = asyncio.Event()

    @asynccontextmanager
    async def taken(self, size_bytes: int) -> AsyncIterator[None]:
        """Hold this much of it."""
        async with self._door:  # in order, so that no large file waits for ever
            while self._used and self._used + size_bytes > self._size_bytes:
                self._freed.clear()
                await self._freed.wait()
            self._used += size_bytes
        try:
            yield
        finally:
            self._used -= size_bytes
            self._freed.set()


class Intake:
    """Of one process: how many files are in memory at once, whoever sends them."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._room = Room(_ROOM_BYTES)
        self._downloads = Turns(_DOWNLOADS, _DOWNLOADS_SHARE)
        self._reading = Turns(_READING, _READING_SHARE)

    @property
    def single_form(self) -> FormLimits:
        """Limits of a form with one picture and a background."""
        most = self._services.settings.removals.max_bytes
        return FormLimits(most, 2 * most + _FORM_BYTES, 2, self._folder)

    @property
    def batch_form(self) -> FormLimits:
        """Limits of a form with a batch."""
        settings = self._services.settings
        files = settings.pricing.max_images
        total = settings.removals.max_batch_bytes + files * 4096 + _FORM_BYTES
        return FormLimits(settings.removals.max_bytes, total, files, self._folder, many=True)

    @property
    def file_bytes(self) -> int:
        """The longest file."""
        return self._services.settings.removals.max_bytes

    @property
    def most_files(self) -> int:
        """How many a batch may have."""
        return self._services.settings.pricing.max_images

    async def store(self, part: Part, user_id: UUID) -> Source:
        """Check and store a file, when it is this account's turn. Raises as `check_and_store`."""
        services, name = self._services, part.filename or ""
        settings, now = services.settings.removals, services.clock()
        async with self._reading.turn(user_id), self._room.taken(part.size_bytes):
            data = await part.read()
            return await check_and_store(data, name, storage=services.storage, settings=settings, now=now)

    def hold_text(self, text: str, name: str = "") -> Part:
        """A picture in base64, out of memory until its turn has come; to be closed.

        Raises:
            InvalidInput: it is no base64.
            FileTooLarge: it is longer than a file may be.
        """
        data = decode_base64(text, self.file_bytes)
        part = new_file("", name, self._folder)
        part.append(data)
        return part

    @asynccontextmanager
    async def fields_of(self, request: Request) -> AsyncIterator[Fields]:
        """Those of JSON or in a line, which may hold whole pictures: they have room as long as this lasts.

        Whoever asks takes the pictures out, and nothing else, so that the room is soon another's.

        Raises:
            InvalidInput: it is neither, malformed, or ends early; or much was left that is no picture.
            FileTooLarge: it is longer than a picture in base64.
        """
        check_kind(request)
        most = self._services.settings.removals.max_bytes * 3 // 2 + _FORM_BYTES
        too_large = FileTooLarge(f"The body is over the limit of {most:,} bytes.")
        if announces_more(request.headers.get("content-length", ""), most):
            raise too_large
        with self.new_file() as part:
            async for piece in body_of(request):
                part.append(piece)
                if part.size_bytes > most:
                    raise too_large
            async with self._room.taken(part.size_bytes * _COPIES):
                fields = await asyncio.to_thread(parse_fields, request, await part.read())
                yield fields
                if len(json.dumps(fields.values)) > _LEFT_BYTES:
                    raise InvalidInput("the body holds more than pictures and what is asked of them")

    async def store_body(self, request: Request, name: str, user_id: UUID) -> Source:
        """The same for a request that is the file itself."""
        async with self.body_of(request) as part:
            part.filename = name
            return await self.store(part, user_id)

    @asynccontextmanager
    async def body_of(self, request: Request) -> AsyncIterator[Part]:
        """A request that is a file itself; on the disk, to be read when its turn has come.

        Raises:
            FileTooLarge: it is longer than a file may be.
        """
        with self.new_file() as part:
            async for piece in body_of(request):
                part.append(piece)
                if part.size_bytes > self.file_bytes:
                    raise FileTooLarge(f"The file is over the limit of {self.file_bytes:,} bytes.")
            yield part

    def new_file(self) -> Part:
        """An empty file for what has to wait outside of memory; to be closed."""
        return new_file("", "", self._folder)

    async def download(self, url: str, user_id: UUID, *, soon: bool = False) -> Source:
        """The same for what is at an address; `soon`: before other downloads of this account that wait.

        Raises also SourceRefused.
        """
        async with self._downloads.turn(user_id, soon=soon):
            with self.new_file() as part:
                part.filename = await fetch_source(url, self._services.settings.intake, part.append)
                return await self.store(part, user_id)

    def batch_seconds(self, count: int) -> float:
        """How long the downloads of a batch may take together, four at a time."""
        return self._services.settings.intake.timeout_s * (4 + count / 6)

    @asynccontextmanager
    async def keeping(self) -> AsyncIterator[list[str]]:
        """Keys of stored files: what is still in the list at the end is deleted, unless a row may name it.

        Where nobody knows whether a transaction was committed, the sweep finds what no row names.
        """
        keys: list[str] = []
        try:
            yield keys
        except (OutcomeUnknown, asyncio.CancelledError):  # which may come during COMMIT too
            if keys:
                log.warning("files left behind", count=len(keys))
            raise
        except BaseException:
            await self._forget(keys)
            raise
        await self._forget(keys)

    async def _forget(self, keys: list[str]) -> None:
        try:
            if keys:
                await asyncio.shield(self._services.storage.delete(keys))
        except LumikuError:
            log.warning("files left behind", count=len(keys))  # the sweep finds them

    @property
    def _folder(self) -> Path:
        return self._services.settings.server.data / "incoming"
