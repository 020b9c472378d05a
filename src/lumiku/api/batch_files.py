"""The pictures of a batch as one request brings them: those that can be taken, and why the others cannot."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from starlette.requests import Request

from lumiku.api.asked import BACKGROUND, MANY, SINGLE, Fields, as_background, is_form, read_parts, texts
from lumiku.api.intake import Intake
from lumiku.api.parts import Part
from lumiku.core.errors import InvalidInput, LimitExceeded, LumikuError
from lumiku.intake.errors import SourceRefused
from lumiku.removals.errors import BadItem, BatchTooLarge
from lumiku.removals.model import Source

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
        with as_background():
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


async def read_batch(
    request: Request, intake: Intake, stored: list[str], user_id: UUID
) -> tuple[Fields, BatchFiles]:
    """Everything that the request says; its files are stored, its addresses not fetched yet.

    Raises:
        InvalidInput, BatchTooLarge: the request as a whole cannot be taken.
    """
    files, fields = BatchFiles(stored), Fields()
    with ExitStack() as held:
        if is_form(request):
            async for part in read_parts(request, intake.batch_form, fields):
                if part.name in BACKGROUND:
                    await files.set_background(intake.store(part, user_id))
                elif MANY.fullmatch(part.name) or part.name in SINGLE:
                    await files.take(part.filename or "", intake.store(part, user_id))
                else:
                    raise InvalidInput(f"no file is expected as {part.name[:60]}", field=part.name[:60])
            texts = _take_texts(fields, intake, held)
        else:
            async with intake.fields_of(request) as fields:
                texts = _take_texts(fields, intake, held)
        for picture in texts.pictures:
            await files.take("", _stored(intake, picture, user_id))
        if texts.background is not None:
            await files.set_background(intake.store(texts.background, user_id))
    files.urls = _list(fields, "imageUrls", intake.most_files)
    if any(len(url) > _URL_LENGTH for url in files.urls):
        raise InvalidInput(f"an address has at most {_URL_LENGTH} characters", field="imageUrls")
    if len(files.sources) + len(files.refused) + len(files.urls) > intake.most_files:
        raise BatchTooLarge(f"a batch has at most {intake.most_files} pictures")
    return fields, files


@dataclass
class _Texts:
    """The pictures in base64, or why they are none; out of memory."""

    pictures: list[Part | LumikuError] = field(default_factory=list)
    background: Part | None = None


def _take_texts(fields: Fields, intake: Intake, held: ExitStack) -> _Texts:
    texts = _Texts()
    for encoded in _list(fields, "images", intake.most_files):
        try:
            texts.pictures.append(held.enter_context(intake.hold_text(encoded, "image")))
        except (InvalidInput, LimitExceeded) as error:
            texts.pictures.append(error)
    background = fields.take(*BACKGROUND)
    if background not in (None, ""):
        if not isinstance(background, str):
            raise InvalidInput("backgroundImage must be base64", field="backgroundImage")
        with as_background():
            texts.background = held.enter_context(intake.hold_text(background, "image"))
    return texts


async def _stored(intake: Intake, picture: Part | LumikuError, user_id: UUID) -> Source:
    if isinstance(picture, LumikuError):
        raise picture
    return await intake.store(picture, user_id)


def _list(fields: Fields, name: str, most: int) -> list[str]:
    value = fields.take(name)
    found = [] if value is None else texts(value, name, most)
    if len(found) > most:
        raise BatchTooLarge(f"a batch has at most {most} pictures")
    return found
