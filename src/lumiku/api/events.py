"""Word of changed rows, for those who wait in this process: one LISTEN connection, however many they are."""

import asyncio
import json
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

import structlog
from psycopg import AsyncConnection, Error
from psycopg.sql import SQL, Identifier

from lumiku.removals.events import CHANNEL

_LONGEST_PAUSE_S: Final = 5.0
_NAMES: Final = ("user", "job", "batch")

log = structlog.get_logger("lumiku.events")


@dataclass(eq=False)
class Changes:
    """What may have changed of one account, not looked at yet.

    Attributes:
        woken: set whenever there is something.
        jobs, batches: their ids.
        unsure: more may have changed than we heard of.
    """

    woken: asyncio.Event = field(default_factory=asyncio.Event)
    jobs: set[UUID] = field(default_factory=set)
    batches: set[UUID] = field(default_factory=set)
    unsure: bool = True

    def take(self) -> tuple[set[UUID], set[UUID], bool]:
        """All of it, once."""
        self.woken.clear()
        taken = self.jobs, self.batches, self.unsure
        self.jobs, self.batches, self.unsure = set(), set(), False
        return taken


class EventHub:
    """Wakes whoever watches a job or a batch. What happened is not said: the rows are the truth.

    The connection is opened by the first watcher and kept. While it is away nobody is woken by it, so a
    watcher also looks by itself now and then; when it is back, everybody is woken.
    """

    def __init__(self, url: str) -> None:
        """`url` reaches PostgreSQL itself: a pooler that shares connections between transactions does not."""
        self._url = url
        self._watchers: defaultdict[UUID, set[asyncio.Event]] = defaultdict(set)
        self._accounts: defaultdict[UUID, set[Changes]] = defaultdict(set)
        self._task: asyncio.Task[None] | None = None

    @contextmanager
    def watch_account(self, user_id: UUID) -> Iterator[Changes]:
        """What changes of this account's jobs and batches."""
        self._listen()
        changes = Changes()
        self._accounts[user_id].add(changes)
        try:
            yield changes
        finally:
            self._accounts[user_id].discard(changes)
            if not self._accounts[user_id]:
                del self._accounts[user_id]

    @contextmanager
    def watch(self, topic: UUID) -> Iterator[asyncio.Event]:
        """An event that is set whenever the job or batch of this id may have changed; clear it."""
        self._listen()
        woken = asyncio.Event()
        self._watchers[topic].add(woken)
        try:
            yield woken
        finally:
            self._watchers[topic].discard(woken)
            if not self._watchers[topic]:
                del self._watchers[topic]

    def _listen(self) -> None:
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._run())

    async def close(self) -> None:
        """Give the connection back."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
            self._task = None

    async def _run(self) -> None:
        pause_s = 0.1
        while True:
            try:
                # The keep-alives give up a connection whose other end is gone without a word.
                async with await AsyncConnection.connect(
                    self._url,
                    autocommit=True,
                    connect_timeout=5,
                    keepalives_idle=10,
                    keepalives_interval=5,
                    keepalives_count=2,
                ) as connection:
                    await connection.execute(SQL("LISTEN {}").format(Identifier(CHANNEL)))
                    self._wake_all()
                    pause_s = 0.1
                    async for note in connection.notifies():
                        self._wake(note.payload)
            except (Error, OSError) as error:
                log.warning("not listening", error=type(error).__name__, next_try_s=pause_s)
            await asyncio.sleep(pause_s)
            pause_s = min(pause_s * 2, _LONGEST_PAUSE_S)

    def _wake(self, payload: str) -> None:
        try:
            ids = json.loads(payload)
            user, job, batch = (UUID(ids[name]) if ids.get(name) else None for name in _NAMES)
        except (ValueError, TypeError, AttributeError):
            log.warning("not understood")
            return
        for topic in (job, batch):
            if topic is not None:
                for woken in self._watchers.get(topic, ()):
                    woken.set()
        if user is not None:
            for changes in self._accounts.get(user, ()):
                changes.jobs |= {job} if job else set()
                changes.batches |= {batch} if batch else set()
                changes.woken.set()

    def _wake_all(self) -> None:
        for watchers in self._watchers.values():
            for woken in watchers:
                woken.set()
        for accounts in self._accounts.values():
            for changes in accounts:
                changes.unsure = True
                changes.woken.set()
