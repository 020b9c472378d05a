"""The pictures of a batch as one request brings them: those that can be taken, and why the others cannot."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Final

from starlette.requests import Request

from lumiku.api.asked import BACKGROUND, MANY, SINGLE, Fields, is_form, read_parts, texts
from lumiku.api.intake import Intake
from lumiku.core.errors import InvalidInput, LimitExceeded
from lumiku.intake.errors import SourceRefused
from lumiku.removals.errors import BadItem, BatchTooLarge
from lumiku.removals.model import Source
from lumiku.removals.sources import decode_base64

_URL_LENGTH: Final = 4096


@dataclass
class BatchFiles:
    """What came.

    Attributes:
        stored: keys of everything that was stored, in the caller's keeping.
        sources: the pictures that can be taken, in order.
        refused: the others.
        background: a background image for all of them.
        urls: addresses that are still to be fetched.
    """

    stored: list[str]
    sources: list[Source] = field(default_factory=list)
    refused: list[BadItem] = field(default_factory=list)
    background: Source | None = None
    urls: list[str] = field(default_factory=list)

    async def take(self, name: str, store: Awaitable[Source]) -> None:
        """The next picture; one that cannot be taken is noted."""
        source = await self._try(len(self.sources) + len(self.refused), name, store)
        if source is not None:
            self.sources.append(source)

    async def set_background(self, store: Awaitable[Source]) -> None:
        """The background image, which must do."""
        if self.background is not None:
            raise InvalidInput("one backgroundImage at a time", field="backgroundImage")
        self.background = await store
        self.stored.append(self.background.key)

    async def fetch_all(self, download: Callable[[str], Awaitable[Source]], seconds: float) -> None:
        """Get what is at the addresses, several at once, all within this time; their order stays."""
        end = asyncio.get_running_loop().time() + seconds

        async def in_time(url: str) -> Source:
            try:
                async with asyncio.timeout_at(end):
                    return await download(url)
            except TimeoutError as error:
                raise SourceRefused("The pictures of this batch took too long to download.") from error

        first = len(self.sources) + len(self.refused)
        under_way = [
            asyncio.create_task(self._try(first + place, url[:200], in_time(url)))
            for place, url in enumerate(self.urls)
        ]
        try:
            got = await asyncio.gather(*under_way)
        finally:  # where one failed, nobody waits for the others any more, nor deletes what they store
            for each in under_way:
                each.cancel()
            await asyncio.gather(*under_way, return_exceptions=True)
        self.sources += [source for source in got if source is not None]
        self.refused.sort(key=lambda item: item.index)

    async def _try(self, index: int, name: str, store: Awaitable[Source]) -> Source | None:
        try:
            source = await store
        except (InvalidInput, LimitExceeded) as error:
            self.refused.append(BadItem(index, name, error.code, error.message))
            return None
        self.stored.append(source.key)
        return source


async def read_batch(request: Request, intake: Intake, stored: list[str]) -> tuple[Fields, BatchFiles]:
    """Everything that the request says; its files are stored, its addresses not fetched yet.

    Raises:
        InvalidInput, BatchTooLarge: the request as a whole cannot be taken.
    """
    files, fields = BatchFiles(stored), Fields()
    if is_form(request):
        limits = intake.batch_form
        async for part in read_parts(request, limits, fields):
            if part.name in BACKGROUND:
                await files.set_background(intake.store(part))
            elif MANY.fullmatch(part.name) or part.name in SINGLE:
                await files.take(part.filename or "", intake.store(part))
            else:
                raise InvalidInput(f"no file is expected as {part.name[:60]}", field=part.name[:60])
        await _take_texts(files, fields, intake)
    else:
        async with intake.fields_of(request) as fields:
            await _take_texts(files, fields, intake)
    files.urls = _list(fields, "imageUrls", intake.most_files)
    if any(len(url) > _URL_LENGTH for url in files.urls):
        raise InvalidInput(f"an address has at most {_URL_LENGTH} characters", field="imageUrls")
    if len(files.sources) + len(files.refused) + len(files.urls) > intake.most_files:
        raise BatchTooLarge(f"a batch has at most {intake.most_files} pictures")
    return fields, files


async def _take_texts(files: BatchFiles, fields: Fields, intake: Intake) -> None:
    """The pictures in base64."""
    for encoded in _list(fields, "images", intake.most_files):
        await files.take("", _decoded(intake, encoded))
    background = fields.take(*BACKGROUND)
    if background not in (None, ""):
        if not isinstance(background, str):
            raise InvalidInput("backgroundImage must be base64", field="backgroundImage")
        await files.set_background(_decoded(intake, background))


async def _decoded(intake: Intake, text: str) -> Source:
    return await intake.store_bytes(decode_base64(text, intake.file_bytes), "image")


def _list(fields: Fields, name: str, most: int) -> list[str]:
    value = fields.take(name)
    found = [] if value is None else texts(value, name, most)
    if len(found) > most:
        raise BatchTooLarge(f"a batch has at most {most} pictures")
    return found
