"""A worker: takes tasks of every queue, beats, and takes over from the dead, until told to stop."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, suppress
from typing import Any, Final
from uuid import UUID

import structlog
from procrastinate import App
from procrastinate.exceptions import ConnectorException
from psycopg import Error as DriverError
from psycopg_pool import PoolTimeout

from lumiku.bootstrap import Services
from lumiku.core.errors import LumikuError
from lumiku.core.ids import new_id
from lumiku.queue.app import HEARTBEAT_S, RESCUE_EVERY_S, STALLED_AFTER_S, open_app
from lumiku.queue.heartbeat import beat, end
from lumiku.queue.names import REMOVE, REMOVE_NOW
from lumiku.queue.rescue import rescue_stalled
from lumiku.worker.retry import Retry
from lumiku.worker.work import Work

# Tasks of one queue that a process has in work at once. Mail and webhooks wait for others; the rest is short.
_AT_ONCE: Final = {"mail": 4, "maintenance": 1, "webhooks": 64}
_REMOVALS: Final = (REMOVE_NOW.queue, REMOVE.queue)
_CONNECTIONS: Final = 6
_POLL_S: Final = 5.0  # tasks are announced; this finds those whose time has come
_LONGEST_PAUSE_S: Final = 5.0
_GOODBYES_S: Final = (0.3, 0.0)  # pauses after a last word that was lost
_RELEASE_S: Final = 2.0  # of the time to stop, for giving jobs back
_AWAY = (LumikuError, ConnectorException, DriverError, PoolTimeout, OSError)

_log = structlog.get_logger("lumiku.worker")


async def work(
    services: Services, works: Sequence[Work], ready: Callable[[], None], stop: asyncio.Event
) -> None:
    """Work until `stop`; then finish what runs, or give it back to the queue.

    A database that goes away is waited for. What was in work then is done again by whoever comes first.
    """
    worker, pause_s = new_id(), 0.25  # one id, so that no row stays of a time before the database went away
    while not stop.is_set():
        try:
            await _work_while_it_lasts(services, works, ready, stop, worker)
            pause_s = 0.25
        except _AWAY as error:
            _log.warning("the database does not answer; waiting", reason=type(error).__name__)
        if not stop.is_set():
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), pause_s)
            pause_s = min(pause_s * 2, _LONGEST_PAUSE_S)


async def _work_while_it_lasts(
    services: Services,
    works: Sequence[Work],
    ready: Callable[[], None],
    stop: asyncio.Event,
    worker: UUID,
) -> None:
    app = open_app(services.urls.app, services.settings.database, connections=_CONNECTIONS)
    for each in works:
        _register(app, each, services)
    queues = tuple(dict.fromkeys(each.task.queue for each in works))
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(app.open_async())
        await _beat(services, worker, queues)
        running = [_serve(app, queue, services) for queue in queues]
        running += [
            _every(HEARTBEAT_S, lambda: _beat(services, worker, queues)),
            _every(RESCUE_EVERY_S, lambda: _rescue(services, works)),
        ]
        tasks: list[asyncio.Task[Any]] = [asyncio.create_task(each) for each in running]
        ready()
        stopping = asyncio.create_task(stop.wait())
        try:
            done, _ = await asyncio.wait([*tasks, stopping], return_when=asyncio.FIRST_COMPLETED)
        finally:
            stopping.cancel()
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await _say_goodbye(services, worker)
        for task in done - {stopping}:
            task.result()


async def _serve(app: App, queue: str, services: Services) -> None:
    """Cancelled, it takes no more and waits for what runs."""
    await app.run_worker_async(
        queues=[queue],
        name=queue,
        concurrency=_at_once(queue, services),
        fetch_job_polling_interval=_POLL_S,
        update_heartbeat_interval=HEARTBEAT_S,
        stalled_worker_timeout=STALLED_AFTER_S,
        shutdown_graceful_timeout=max(0.5, services.settings.server.drain_s / 2 - _RELEASE_S),
        delete_jobs="successful",
        install_signal_handlers=False,
    )


def _at_once(queue: str, services: Services) -> int:
    """One picture more than there are engines: its files are read and written while others are worked on."""
    if queue in _REMOVALS:
        return services.settings.worker.process_count + 1
    return _AT_ONCE.get(queue, 1)


def _register(app: App, each: Work, services: Services) -> None:
    async def run(timestamp: int = 0, **arguments: Any) -> None:
        del timestamp  # of the schedule
        await each.run(services, arguments)

    task = app.task(name=each.task.name, queue=each.task.queue, retry=Retry(each.task))(run)
    if each.cron is not None:  # one waiting and one running are enough, whoever comes late
        app.periodic(cron=each.cron, queueing_lock=each.task.name, lock=each.task.name)(task)


async def _beat(services: Services, worker: UUID, queues: tuple[str, ...]) -> None:
    async with services.db.transaction() as tx:
        await beat(tx, worker, queues)


async def _say_goodbye(services: Services, worker: UUID) -> None:
    """So that readiness knows at once; a busy database gets a second chance, one that is away does not."""
    for pause_s in _GOODBYES_S:
        try:
            async with services.db.transaction() as tx:
                await end(tx, worker)
        except _AWAY as error:
            _log.warning(
                "the last word was lost; counted as dead a little later", reason=type(error).__name__
            )
            await asyncio.sleep(pause_s)
        else:
            return


async def _rescue(services: Services, works: Sequence[Work]) -> None:
    give_up = {each.task.name: each.give_up for each in works}
    for job in await rescue_stalled(services.db):
        if not job.given_up:
            _log.warning("taken over from a dead worker", job=job.job_id, task=job.task)
            continue
        _log.error("a job outlived its worker too often, and has failed", job=job.job_id, task=job.task)
        if (last := give_up.get(job.task)) is not None:
            await last(services, job.arguments)


async def _every(seconds: float, do: Callable[[], Awaitable[None]]) -> None:
    """Cancelled, it lets what runs come to its end: a beat cut off may come after our last word."""
    while True:
        running = asyncio.ensure_future(do())
        try:
            await asyncio.shield(running)
        except asyncio.CancelledError:
            with suppress(*_AWAY):
                await running
            raise
        await asyncio.sleep(seconds)
