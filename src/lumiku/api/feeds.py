"""What happens in a batch, as events for any number of listeners, read from the database once for them all.

An event's id is the time of the latest change that whoever has read so far knows of, so the items of one look
have the id of the look before. Whoever comes back with an id is given what has changed since a little before
it: changes become visible out of order, and an event twice does no harm, since each tells a state and not a
step. Only the id of the last event, `end`, says that nothing is left to tell.
"""

import asyncio
from collections.abc import AsyncGenerator, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

import structlog

from lumiku.api.events import EventHub
from lumiku.api.schemas.removals import (
    BatchAnswer,
    BatchBody,
    BatchProgress,
    ItemBody,
    ItemProgress,
    items_of,
)
from lumiku.bootstrap import Services
from lumiku.core.errors import LumikuError, NotFound
from lumiku.removals.model import Batch, Job
from lumiku.removals.read import changed_jobs, find_batch

_OVERLAP: Final = timedelta(seconds=10)
_LOOK_EVERY_S: Final = 5.0
_WAITING_EVENTS: Final = 2000
_ENDED: Final = frozenset({"completed", "partial", "failed", "cancelled", "expired"})
_END_MARK: Final = "-end"
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_START: Final = datetime(2000, 1, 1, tzinfo=UTC)

log = structlog.get_logger("lumiku.events")


@dataclass(frozen=True)
class Event:
    """One event as it is sent: snapshot, item, batch or end; `data` is JSON."""

    name: str
    id: str
    data: str


@dataclass(eq=False)
class _Listener:
    """Somebody's events that are not sent yet. Who is too slow is sent away, to be told the rest later."""

    events: asyncio.Queue[Event | None] = field(default_factory=lambda: asyncio.Queue(_WAITING_EVENTS))
    dropped: bool = False

    def put(self, event: Event | None) -> None:
        if self.events.full():
            self.dropped = True
            while not self.events.empty():
                self.events.get_nowait()
            event = None
        self.events.put_nowait(event)


class Feed:
    """One batch, while anybody listens to it."""

    def __init__(self, batch_id: UUID, user_id: UUID, services: Services, hub: EventHub) -> None:
        self._batch_id, self._user_id = batch_id, user_id
        self._services, self._hub = services, hub
        self._batch: Batch | None = None
        self._jobs: dict[UUID, Job] = {}
        self._latest = _START
        self._snapshot: Event | None = None
        self._gone = False
        self._looked = asyncio.Event()
        self.opened = 0  # by whom it is listened to, or soon will be
        self.listeners: set[_Listener] = set()
        self.task = asyncio.create_task(self._run())

    async def listen(self, listener: _Listener, since: datetime | None) -> AsyncGenerator[Event]:
        """Where things stand, and then what happens, until the batch has ended."""
        await self._looked.wait()
        if self._batch is None:
            return
        self.listeners.add(listener)
        for event in self._so_far(since):
            yield event
        while not (self._over and listener.events.empty()):
            later = await listener.events.get()
            if later is None:
                break
            yield later
        if not listener.dropped and not self._gone:
            yield self._progress("end")

    @property
    def _over(self) -> bool:
        return self._gone or (self._batch is not None and self._batch.status in _ENDED)

    async def _run(self) -> None:
        with self._hub.watch(self._batch_id) as woken:
            while not self._over:
                woken.clear()
                try:
                    await self._look()
                except NotFound:
                    self._gone = True
                except LumikuError as error:
                    log.warning("no look at a batch", error=type(error).__name__)
                self._looked.set()
                if not self._over:
                    with suppress(TimeoutError):
                        await asyncio.wait_for(woken.wait(), _LOOK_EVERY_S)
        self._tell([None])

    async def _look(self) -> None:
        """Read what has changed, and tell it."""
        async with self._services.db.transaction() as tx:
            batch = await find_batch(tx, self._user_id, self._batch_id)
            changed = await changed_jobs(tx, self._user_id, self._batch_id, self._latest - _OVERLAP)
        fresh = [job for job in changed if self._jobs.get(job.id) != job]
        moved = batch != self._batch
        if not (fresh or moved):
            return
        self._batch, self._snapshot = batch, None
        self._jobs.update((job.id, job) for job in fresh)
        before = self._latest
        self._latest = max([self._latest, batch.updated_at, *(job.updated_at for job in fresh)])
        if self._looked.is_set():
            self._tell(self._item(job, before) for job in fresh)
            self._tell([self._progress("batch")])

    def _tell(self, events: Iterable[Event | None]) -> None:
        for event in events:
            for listener in self.listeners:
                listener.put(event)

    def _so_far(self, since: datetime | None) -> list[Event]:
        known = sorted(self._jobs.values(), key=lambda job: job.position or 0)
        if since is not None:
            missed = [self._item(job, since) for job in known if job.updated_at >= since - _OVERLAP]
            return [*missed, self._progress("batch")]
        if self._snapshot is None:
            body = BatchAnswer(batch=self._body(), items=items_of(known, self._services))
            self._snapshot = Event("snapshot", _id_of(self._latest), body.model_dump_json())
        return [self._snapshot]

    def _item(self, job: Job, known: datetime) -> Event:
        body = ItemProgress(item=ItemBody.of(job, self._services))
        return Event("item", _id_of(known), body.model_dump_json())

    def _progress(self, name: str) -> Event:
        mark = _END_MARK if name == "end" else ""
        return Event(name, _id_of(self._latest) + mark, BatchProgress(batch=self._body()).model_dump_json())

    def _body(self) -> BatchBody:
        if self._batch is None:
            raise NotFound("this batch was not read yet")
        return BatchBody.of(self._batch)


class Feeds:
    """The feeds of this process."""

    def __init__(self, services: Services, hub: EventHub) -> None:
        self._services, self._hub = services, hub
        self._feeds: dict[UUID, Feed] = {}

    @contextmanager
    def open(self, batch_id: UUID, user_id: UUID) -> Iterator[tuple[Feed, _Listener]]:
        """The feed of a batch of this person, made for its first listener and ended with its last one.

        A feed that has told the end looks no more, though somebody may read it still: the batch may have been
        tried again since, so whoever comes now is given another.
        """
        feed = self._feeds.get(batch_id)
        if feed is None or feed.task.done():
            feed = self._feeds[batch_id] = Feed(batch_id, user_id, self._services, self._hub)
        listener = _Listener()
        feed.opened += 1
        try:
            yield feed, listener
        finally:
            feed.opened -= 1
            feed.listeners.discard(listener)
            if not feed.opened:
                feed.task.cancel()
                if self._feeds.get(batch_id) is feed:
                    del self._feeds[batch_id]


def knows_all(event_id: str, batch: Batch) -> bool:
    """Whether whoever has seen this event has seen the end of a batch that was not taken up again."""
    moment = moment_of(event_id)
    ended = event_id.endswith(_END_MARK) and batch.status in _ENDED
    return ended and moment is not None and batch.updated_at <= moment


def _id_of(moment: datetime) -> str:
    return str((moment - _EPOCH) // timedelta(microseconds=1))


def moment_of(event_id: str) -> datetime | None:
    """The time that an event's id stands for; None where it is none of ours."""
    event_id = event_id.removesuffix(_END_MARK)
    if not (event_id.isascii() and event_id.isdecimal() and len(event_id) <= 17):
        return None
    return _EPOCH + timedelta(microseconds=int(event_id))
