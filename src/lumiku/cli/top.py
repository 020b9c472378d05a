"""`lumiku top`: what the server does now, on one screen."""

import asyncio
import signal
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from lumiku.cli.database import Data, with_database
from lumiku.cli.listing import print_json

if TYPE_CHECKING:
    from rich.console import Group

    from lumiku.core.db import Database
    from lumiku.queue.heartbeat import Living
    from lumiku.queue.look import Depth
    from lumiku.removals.overview import Backlog, Rate


@dataclass(frozen=True)
class View:
    """One look."""

    at: datetime
    workers: "list[Living]"
    queues: "list[Depth]"
    rates: "list[Rate]"
    accounts: "list[Backlog]"


def top(
    *,
    interval: Annotated[float, typer.Option(min=0.2, help="Seconds between two looks.")] = 2.0,
    once: Annotated[bool, typer.Option("--once", help="Look once; so too without a terminal.")] = False,
    data: Data = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a look, a line each.")] = False,
) -> None:
    """Queues, workers, what ended lately, who waits for most: live, until Ctrl-C.

    Examples:
        lumiku top
        lumiku top --once
        lumiku top --json --interval 10
    """
    from lumiku.cli.signals import Interrupted

    live = sys.stdout.isatty() or as_json

    async def run(db: "Database") -> None:
        if once or not live:
            _print(await _look(db), as_json=as_json)
        elif as_json:
            while True:
                _print(await _look(db), as_json=True)
                await asyncio.sleep(interval)
        else:
            await _watch(db, interval)

    try:
        with_database(data, run)
    except Interrupted as interruption:
        if interruption.signum != signal.SIGINT:
            raise  # Ctrl-C is how people leave


async def _look(db: "Database") -> View:
    from lumiku.core.clock import utc_now
    from lumiku.queue.heartbeat import living_workers
    from lumiku.queue.look import depths
    from lumiku.removals.overview import backlogs, rates

    now = utc_now()
    async with db.transaction() as tx:
        return View(now, await living_workers(tx), await depths(tx), await rates(tx, now), await backlogs(tx))


async def _watch(db: "Database", interval: float) -> None:
    """A database that goes away is waited for."""
    from rich.live import Live
    from rich.text import Text

    from lumiku.core.db import DatabaseUnavailable

    with Live(screen=True, auto_refresh=False) as screen:
        while True:
            try:
                screen.update(_drawn(await _look(db)), refresh=True)
            except DatabaseUnavailable as error:
                screen.update(Text(error.message), refresh=True)
            await asyncio.sleep(interval)


def _print(view: View, *, as_json: bool) -> None:
    if as_json:
        print_json(asdict(view))
        return
    from rich.console import Console

    Console().print(_drawn(view))


def _drawn(view: View) -> "Group":
    from rich.console import Group
    from rich.text import Text

    busy = sum(depth.running for depth in view.queues)
    waiting = sum(depth.waiting for depth in view.queues)
    title = f"{view.at:%H:%M:%S} UTC  {len(view.workers)} workers, {busy} tasks run, {waiting} wait"
    parts: list[Any] = [Text(title, style="bold" if view.workers else "bold red")]
    parts.append(
        _table(
            ("queue", "waiting", "running", "later"),
            [(each.queue, each.waiting, each.running, each.later) for each in view.queues],
        )
    )
    parts.append(
        _table(
            ("worker", "process", "version"), [(each.host, each.pid, each.version) for each in view.workers]
        )
    )
    rates = [
        (each.status, each.minute, each.five_minutes, each.hour, _ms(each.median_ms), _ms(each.slow_ms))
        for each in view.rates
    ]
    parts.append(_table(("ended", "1 min", "5 min", "1 h", "median", "95 %"), rates))
    accounts = [
        (each.email, each.waiting, each.running, f"{(view.at - each.since).total_seconds():.0f} s")
        for each in view.accounts
    ]
    parts.append(_table(("account", "waiting", "running", "since"), accounts))
    return Group(*parts)


def _table(names: tuple[str, ...], rows: Sequence[tuple[object, ...]]) -> Any:
    from rich.table import Table

    table = Table(*names, box=None, pad_edge=False, header_style="dim")
    for column in table.columns[1:]:
        column.justify = "right"
    for row in rows:
        table.add_row(*map(str, row))
    if not rows:
        table.add_row("none")
    return table


def _ms(value: float | None) -> str:
    return "" if value is None else f"{value:.0f} ms"
