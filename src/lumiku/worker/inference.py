"""A few engine processes that a worker keeps warm; one that dies, hangs or grows is replaced."""

import asyncio
import heapq
import itertools
import os
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Final

import structlog

from lumiku.core.tied import command_for
from lumiku.removals.engine import Made, Order, OrderFailed
from lumiku.removals.process import CRASHED
from lumiku.settings import Settings
from lumiku.worker.frames import BadFrame, Frame, pack, read_frame

_MODULE: Final = "lumiku.worker.inference_child"
_SOFT: Final = 0.9  # of the time: from then on the engine itself gives up between two steps
_WATCH_EVERY_S: Final = 0.25
_READ_AHEAD: Final = 1 << 20
_DOWN = (asyncio.IncompleteReadError, BadFrame, OSError)

_log = structlog.get_logger("lumiku.worker")


@asynccontextmanager
async def open_engine(
    settings: Settings, command: Sequence[str] | None = None
) -> AsyncIterator["EnginePool"]:
    """The processes, starting; they end with the block, and also if this process is killed.

    Enter it in the main thread: the kernel ends children with the thread that made them.

    Args:
        settings: of the engine and the worker.
        command: what runs in each process instead of the real one; our process id is added.
    """
    pool = EnginePool(settings, command)
    try:
        yield pool
    finally:
        await pool.close()


class EnginePool:
    """Gives each order to a free process; those that somebody waits for come first."""

    def __init__(self, settings: Settings, command: Sequence[str] | None = None) -> None:
        """Start them in the background."""
        command = command or command_for(os.getpid(), _MODULE)
        self._places = [_Place(settings, command) for _ in range(settings.worker.process_count)]
        self._free = list(self._places)
        self._waiting: list[tuple[bool, int, asyncio.Future[_Place]]] = []
        self._number = itertools.count()
        for place in self._places:
            place.start()

    async def run(self, order: Order) -> Made:
        """See `Engine.run`. Cancelled, it ends the process: a model cannot be interrupted."""
        place = await self._take(interactive=order.interactive)
        try:
            return await place.run(order)
        finally:
            self._give_back(place)

    @property
    def pids(self) -> list[int]:
        """Of the processes that run now."""
        return [place.pid for place in self._places if place.pid is not None]

    async def close(self) -> None:
        """End them all."""
        await asyncio.gather(*(place.close() for place in self._places))

    async def _take(self, *, interactive: bool) -> "_Place":
        if self._free:
            return self._free.pop()
        waiter: asyncio.Future[_Place] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._waiting, (not interactive, next(self._number), waiter))
        try:
            return await waiter
        except asyncio.CancelledError:
            if waiter.done() and not waiter.cancelled():
                self._give_back(waiter.result())
            raise

    def _give_back(self, place: "_Place") -> None:
        while self._waiting:
            waiter = heapq.heappop(self._waiting)[2]
            if not waiter.done():
                waiter.set_result(place)
                return
        self._free.append(place)


class _Place:
    """A place for a process, which successive processes take."""

    def __init__(self, settings: Settings, command: Sequence[str]) -> None:
        self._worker = settings.worker
        self._command = command
        engine = settings.engine
        threads = engine.threads or max(1, (os.cpu_count() or 1) // settings.worker.process_count)
        self._seconds = min(_SOFT * self._worker.timeout_s, engine.timeout_s or self._worker.timeout_s)
        self._hello = {
            "engine": engine.model_copy(update={"threads": threads}).model_dump(mode="json"),
            "log": settings.log.model_dump(mode="json"),
            "warm": self._worker.warm,
        }
        self._process: asyncio.Task[asyncio.subprocess.Process] | None = None
        self._endings: set[asyncio.Task[None]] = set()
        self.pid: int | None = None

    def start(self) -> None:
        """Start a process, if none is there or starting."""
        if self._process is None:
            self._process = asyncio.create_task(self._start())

    async def run(self, order: Order) -> Made:
        """Have the process do one."""
        process = await self._ready()
        request = {"tier": order.tier, "options": dict(order.options), "seconds": self._seconds}
        blobs = [order.source] if order.background is None else [order.source, order.background]
        watch = asyncio.create_task(self._watch_memory(process.pid))
        try:
            async with asyncio.timeout(self._worker.timeout_s):
                header, files = await _exchange(process, pack(request, blobs))
                made = _made(header, files)
        except TimeoutError as error:
            self._replace("it worked too long on one picture")
            raise OrderFailed(CRASHED, "The engine took too long.", passing=True) from error
        except _DOWN as error:
            self._replace("it ended in the middle of a picture")
            raise OrderFailed(CRASHED, "The engine ended.", passing=True) from error
        except asyncio.CancelledError:
            self._replace("its picture was given up")
            raise
        finally:
            watch.cancel()
        if _resident_mb(process.pid) > self._worker.recycle_mb:
            self._replace("it had grown too large")
        return made

    async def close(self) -> None:
        """End the process."""
        if self._process is not None:
            self._process.cancel()
            with suppress(asyncio.CancelledError, OrderFailed):
                self._end(await self._process)
        await asyncio.gather(*self._endings)
        self._process = self.pid = None

    async def _ready(self) -> asyncio.subprocess.Process:
        """A process that has loaded what it should."""
        self.start()
        assert self._process is not None  # noqa: S101  just started
        try:
            process = await asyncio.shield(self._process)
        except OrderFailed:
            self._process = None
            raise
        if process.returncode is not None:  # killed while it had nothing to do
            self._replace("it ended by itself")
            return await self._ready()
        return process

    async def _start(self) -> asyncio.subprocess.Process:
        process = await asyncio.create_subprocess_exec(
            *self._command,
            str(os.getpid()),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            limit=_READ_AHEAD,
            env={name: value for name, value in os.environ.items() if not name.startswith("LUMIKU_")},
        )
        self.pid = process.pid
        try:
            async with asyncio.timeout(self._worker.timeout_s):
                await _exchange(process, pack(self._hello))
        except (*_DOWN, TimeoutError) as error:
            self._end(process)
            _log.error("an engine process did not start", reason=type(error).__name__)
            raise OrderFailed("ENGINE_UNAVAILABLE", "The engine does not start.", passing=True) from error
        except BaseException:
            self._end(process)
            raise
        return process

    def _replace(self, why: str) -> None:
        """End the process, and start another for the next picture."""
        ending, self._process = self._process, None
        if ending is not None and ending.done() and not ending.cancelled() and ending.exception() is None:
            process = ending.result()
            self._end(process)
            _log.warning("an engine process is replaced", pid=process.pid, reason=why)
        self.start()

    def _end(self, process: asyncio.subprocess.Process) -> None:
        with suppress(ProcessLookupError):
            process.kill()
        ending = asyncio.create_task(_reap(process))
        self._endings.add(ending)
        ending.add_done_callback(self._endings.discard)

    async def _watch_memory(self, pid: int) -> None:
        while _resident_mb(pid) <= self._worker.memory_mb:
            await asyncio.sleep(_WATCH_EVERY_S)
        _log.warning("an engine process takes too much memory, so killed", pid=pid)
        with suppress(ProcessLookupError):
            os.kill(pid, 9)


async def _exchange(process: asyncio.subprocess.Process, pieces: Sequence[bytes]) -> Frame:
    assert process.stdin is not None  # noqa: S101  both are pipes
    assert process.stdout is not None  # noqa: S101
    process.stdin.writelines(pieces)
    await process.stdin.drain()
    return await read_frame(process.stdout)


def _made(header: dict[str, object], files: list[bytes]) -> Made:
    """The child's answer, checked: it has looked at a stranger's file."""
    if "failed" in header:
        cause, message = str(header["failed"]), str(header.get("message"))
        raise OrderFailed(cause, message, passing=bool(header.get("passing")))
    facts = header.get("facts")
    if len(files) != 3 or not isinstance(facts, dict):
        raise BadFrame("not an answer")
    return Made(
        result=files[0],
        matte=files[1],
        thumbnail=files[2],
        media_type=str(header.get("media_type")),
        extension=str(header.get("extension")),
        facts=facts,
        found=bool(header.get("found")),
    )


def _resident_mb(pid: int) -> float:
    """What a process holds in memory; 0 where the system does not say (other than Linux)."""
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except (OSError, IndexError):
        return 0.0
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


async def _reap(process: asyncio.subprocess.Process) -> None:
    """Take in what the process left in its pipes, so that they close."""
    assert process.stdin is not None  # noqa: S101  both are pipes
    process.stdin.close()
    while await process.stdout.read(_READ_AHEAD):  # type: ignore[union-attr]
        pass
    await process.wait()
    with suppress(OSError):
        await process.stdin.wait_closed()
