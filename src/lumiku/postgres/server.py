"""The embedded PostgreSQL: one owner, one direct child that dies with it, one folder."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Final

import psycopg

from lumiku.postgres.account import Account, choose_account
from lumiku.postgres.binaries import Binaries, find_binaries, readable_by
from lumiku.postgres.cluster import (
    make_cluster,
    prepare_home,
    prepare_socket,
    refuse_other_major,
    remove_unfinished,
)
from lumiku.postgres.errors import NotReachable, ServerFailed
from lumiku.postgres.layout import SUPERUSER, Layout, layout_of
from lumiku.postgres.leftovers import clear_leftovers, is_ready
from lumiku.postgres.lock import OwnerLock
from lumiku.postgres.roles import ensure_roles
from lumiku.postgres.settings import PostgresSettings
from lumiku.postgres.spawn import failure, spawn
from lumiku.postgres.urls import DatabaseUrls, embedded_urls

_DEFAULT_PORT: Final = 5432  # part of the socket's name also without TCP
_POLL_S: Final = 0.02
_LARGEST_LOG: Final = 8_000_000
_LAST_WORDS: Final = 20_000


class PostgresServer:
    """Starts and stops the server below a data folder.

    The kernel stops the server when the *thread* that called `start` ends, not only its process: call it from
    the main thread. A process made by a bare fork shares the lock; `subprocess` and spawned ones do not.
    """

    def __init__(self, data: Path, settings: PostgresSettings) -> None:
        self.layout: Layout = layout_of(data)
        self.settings = settings
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = OwnerLock(self.layout.lock)

    @property
    def process(self) -> subprocess.Popen[bytes]:
        """The server, a direct child of ours."""
        if self._process is None:
            raise ServerFailed("the database was not started")
        return self._process

    @property
    def urls(self) -> DatabaseUrls:
        """The addresses by role."""
        return embedded_urls(self.layout.data)

    @property
    def running(self) -> bool:
        """Whether it was started by us and has not ended."""
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Make the cluster if there is none, start, wait until it takes connections, and see to the roles.

        After the server ended by itself, this starts it again; the lock is kept meanwhile.

        Raises:
            AlreadyRunning: another process owns it.
            OtherMajor: another version wrote the folder.
            DiskFull: there is no room.
            NotReachable: the folder or the binaries are closed to the account that it would run as.
            BinariesMissing: there is no PostgreSQL for this system.
            ServerFailed: anything else, with PostgreSQL's own last word.
        """
        if self.running:
            return
        binaries = find_binaries(self.settings.binaries)
        cluster = self.layout.cluster(binaries.major)
        account = choose_account(self.settings.user, cluster)
        try:
            # Before the lock, so that refusing a folder leaves no trace in it.
            refuse_other_major(self.layout, binaries.major)
            prepare_home(self.layout, account)
            self._lock.take()
            refuse_other_major(self.layout, binaries.major)
            self._start(binaries, account, cluster)
        except OSError as error:
            self.stop()
            raise failure("the database's folder", f"error: {error}") from error
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Stop in order; what does not stop in time is stopped at once, and loses nothing acknowledged."""
        process = self._process
        if process is not None and process.poll() is None:
            for sign, patience_s in (
                (signal.SIGINT, self.settings.stop_timeout_s),
                (signal.SIGQUIT, 7.0),
                (signal.SIGKILL, 5.0),
            ):
                process.send_signal(sign)
                try:
                    process.wait(patience_s)
                    break
                except subprocess.TimeoutExpired:
                    continue
        self._process = None
        self._lock.release()

    def _start(self, binaries: Binaries, account: Account, cluster: Path) -> None:
        binaries = readable_by(account, binaries, self.layout.copied_binaries)
        clear_leftovers(cluster)
        remove_unfinished(self.layout)
        prepare_socket(self.layout, account)
        if not (cluster / "PG_VERSION").exists():
            make_cluster(self.layout, binaries, account)
        self._write_state()
        self._run(binaries, account, cluster)
        superuser = self.urls.superuser
        if superuser is None:  # pragma: no cover  an embedded server always gives it
            raise ServerFailed("the superuser's address is missing")
        try:
            ensure_roles(superuser, self.layout)
        except psycopg.OperationalError as error:
            if "password authentication failed" in str(error):
                raise NotReachable(
                    f"the server does not take the password in {self.layout.password(SUPERUSER)}: put back "
                    "the file that belongs to this data folder"
                ) from error
            raise failure("postgres", f"error: {error}") from error

    def _run(self, binaries: Binaries, account: Account, cluster: Path) -> None:
        log = self.layout.log
        if log.exists() and log.stat().st_size > _LARGEST_LOG:
            log.replace(log.with_suffix(".log.1"))
        command: list[str | Path] = [binaries.program("postgres"), "-D", cluster, *self._options()]
        descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "ab") as stderr:
            said_before = stderr.tell()
            process = spawn(command, account, cwd=self.layout.home, stderr=stderr)
        self._process = process
        end = time.monotonic() + self.settings.start_timeout_s
        while not is_ready(cluster, process.pid):
            if process.poll() is not None:
                raise failure("postgres", self._last_words(said_before), self.layout.home)
            if time.monotonic() > end:
                raise ServerFailed(
                    f"the database was not ready after {self.settings.start_timeout_s:g} s; {log} says why. "
                    "If it was recovering, raise LUMIKU_POSTGRES__START_TIMEOUT_S"
                )
            time.sleep(_POLL_S)

    def _options(self) -> list[str]:
        socket = str(self.layout.socket).replace('"', '""')
        options = {
            "listen_addresses": "127.0.0.1" if self.settings.port else "",
            "port": str(self._port),
            "unix_socket_directories": f'"{socket}"',
            "unix_socket_permissions": "0700",
            "max_connections": str(self.settings.max_connections),
            "password_encryption": "scram-sha-256",
            "cluster_name": "lumiku",
            "timezone": "UTC",
            "log_timezone": "UTC",
            "log_checkpoints": "off",
            # A violated constraint's detail names the row's values, which are people's.
            "log_error_verbosity": "terse",
        }
        if sys.platform == "linux":
            # After a crash the disk is told once to write everything, not a thousand times to write one file.
            options["recovery_init_sync_method"] = "syncfs"
        options.update(self.settings.options)
        return [part for name, value in options.items() for part in ("-c", f"{name}={value}")]

    def _write_state(self) -> None:
        unfinished = self.layout.state.with_suffix(".unfinished")
        unfinished.write_text(json.dumps({"port": self._port}))
        unfinished.chmod(0o600)
        unfinished.replace(self.layout.state)

    @property
    def _port(self) -> int:
        return self.settings.port or _DEFAULT_PORT

    def _last_words(self, start: int) -> str:
        with self.layout.log.open("rb") as file:
            file.seek(max(start, self.layout.log.stat().st_size - _LAST_WORDS))
            return file.read().decode(errors="replace")
