"""`lumiku serve` from its settings to its end: folder, port, database, schema, first start, processes."""

import os
import socket
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

import structlog

from lumiku.bootstrap import database_urls
from lumiku.core import log
from lumiku.core.metrics import fresh_folder
from lumiku.core.secrets import has_secrets, load_or_create_secrets
from lumiku.core.served import note_address
from lumiku.core.settings import ServerSettings
from lumiku.migrations.run import migrate, role_of
from lumiku.postgres.server import PostgresServer
from lumiku.postgres.urls import DatabaseUrls
from lumiku.serve.environment import environment_of
from lumiku.serve.errors import AddressUnknown, DataFolderUnusable
from lumiku.serve.first_start import make_local_user, setup_link
from lumiku.serve.keep_secrets import keep_secrets
from lumiku.serve.listen import listen
from lumiku.serve.open_mode import refuse_open_to_others
from lumiku.serve.process import Child
from lumiku.serve.supervisor import Supervisor
from lumiku.settings import Settings

Only = Literal["api", "worker", "database"]
_LONGEST_STOP_S: Final = 29.0  # of everything, when asked to stop
_LEAST_FOR_DATABASE_S: Final = 2.0
# glibc keeps freed memory for later, in an arena for each thread: files that come in would add up there.
_FRUGAL: Final = {"MALLOC_ARENA_MAX": "2", "MALLOC_MMAP_THRESHOLD_": "1000000"}

_log = structlog.get_logger("lumiku.serve")


@dataclass(frozen=True)
class Plan:
    """What this call runs.

    Attributes:
        api, worker: whether it has such processes.
        database: whether it runs the embedded server, brings the schema up to date and makes the first
            administrator's link. Single roles use the database that another call runs, or an external one.
    """

    api: bool = True
    worker: bool = True
    database: bool = True

    @classmethod
    def of(cls, only: Only | None) -> "Plan":
        """Everything, or one role."""
        return cls() if only is None else cls(only == "api", only == "worker", only == "database")


def serve(settings: Settings, plan: Plan, say: Callable[[str], None]) -> None:
    """Run until SIGTERM, SIGINT or SIGHUP; call it from the main thread.

    Args:
        settings: with the flags taken in.
        plan: what to run.
        say: prints a line for the person who started it.

    Raises:
        LumikuError: it cannot start; nothing is left running.
    """
    begin = time.monotonic()
    log.configure(settings.log)
    refuse_open_to_others(settings.server)
    if plan.worker and not plan.api:
        refuse_dead_links(settings)
    prepare_data_folder(settings.server.data)
    with ExitStack() as stack:
        settings, listener = _listen(settings, stack) if plan.api else (settings, None)
        if has_secrets(settings.server.data):  # damaged ones are told of before anything is started
            load_or_create_secrets(settings.server.data)
        database = _database(settings) if plan.database else None

        def ready() -> None:
            where = f" at {settings.server.base_url}" if plan.api else ""
            if plan.api:
                note_address(settings.server)
            say(f"Lumiku is ready{where} ({time.monotonic() - begin:.1f} s). Stop it with Ctrl-C.")
            _log.info("ready", seconds=round(time.monotonic() - begin, 2), pid=os.getpid())

        supervisor = Supervisor(
            _children(settings, plan, listener.fileno() if listener else None),
            database=database,
            listener=listener,
            drain_s=settings.server.drain_s,
            ready=ready,
        )
        try:
            supervisor.preload()
            if database is not None:
                database.start()
            urls = database_urls(settings)
            if plan.database:
                _bring_up_to_date(urls)
            keep_secrets(urls.app, settings.server.data)
            if plan.database:
                _see_to_an_administrator(settings, say)
            supervisor.run()
        finally:
            supervisor.kill()
            if database is not None:
                database.stop()


def refuse_dead_links(settings: Settings) -> None:
    """Workers alone cannot know where people reach the API, which mails have links to.

    Raises:
        AddressUnknown: they send mails, and are not told.
    """
    if settings.mail.host is not None and settings.server.public_url is None:
        raise AddressUnknown(
            "workers that send mails must know where people reach the API: "
            "set LUMIKU_SERVER__PUBLIC_URL, or links in mails are dead"
        )


def prepare_data_folder(folder: Path) -> None:
    """Make the data folder; others may not list it, and only pass through it where PostgreSQL needs to.

    Raises:
        DataFolderUnusable: it cannot be made or written.
    """
    is_root = os.name == "posix" and os.geteuid() == 0
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o711 if is_root else 0o700)
        writable = os.access(folder, os.W_OK | os.X_OK)
    except OSError as error:
        raise DataFolderUnusable(f"the data folder {folder} cannot be made: {error.strerror}") from error
    if not writable:
        raise DataFolderUnusable(f"the data folder {folder} cannot be written by this account")


def _listen(settings: Settings, stack: ExitStack) -> tuple[Settings, socket.socket]:
    listener = stack.enter_context(listen(settings.server.host, settings.server.port))
    port = listener.getsockname()[1]
    return settings.model_copy(update={"server": settings.server.model_copy(update={"port": port})}), listener


def _database(settings: Settings) -> PostgresServer | None:
    """The embedded server, which stops in what time the other processes leave it; None: an external one."""
    if settings.database.url is not None:
        return None
    left_s = max(_LEAST_FOR_DATABASE_S, _LONGEST_STOP_S - settings.server.drain_s)
    stop_s = min(settings.postgres.stop_timeout_s, left_s)
    return PostgresServer(
        settings.server.data, settings.postgres.model_copy(update={"stop_timeout_s": stop_s})
    )


def _bring_up_to_date(urls: DatabaseUrls) -> None:
    applied = migrate(urls.owner, role_of(urls.app))
    if applied:
        _log.info("schema brought up to date", revisions=applied)


def _see_to_an_administrator(settings: Settings, say: Callable[[str], None]) -> None:
    if settings.server.open:
        make_local_user(settings)
        say("Open mode: whoever reaches this address may do everything. No accounts, no credits.")
        return
    link = setup_link(settings)
    if link is not None:
        say(f"There is no administrator yet. Whoever opens this link becomes one; it works once:\n  {link}")


def _metrics_folder(server: ServerSettings) -> dict[str, str]:
    """Emptied, for the processes that share this port to count in."""
    folder = server.data / "metrics"
    folder.mkdir(exist_ok=True, mode=0o700)
    return fresh_folder(folder / str(server.port))


def _children(settings: Settings, plan: Plan, listen_on: int | None) -> list[Child]:
    server = settings.server
    metrics = _metrics_folder(server) if plan.api else {}
    environment = environment_of(server, metrics)
    children = []
    if plan.api:
        children += [
            Child("api", f"API process {number}", {**_FRUGAL, **environment}, listen_on)
            for number in range(1, server.api_count + 1)
        ]
    if plan.worker:
        children += [
            Child("worker", f"worker process {number}", environment)
            for number in range(1, server.worker_processes + 1)
        ]
    return children
