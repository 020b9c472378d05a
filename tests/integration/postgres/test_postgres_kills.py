"""Kill -9 of the owner, of postgres and of both, while rows are being confirmed: none of those is lost."""

import os
import random
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import psycopg
import pytest

from lumiku.postgres.leftovers import members, server_pid
from lumiku.postgres.urls import embedded_urls
from support.postgres_accounts import Runner, data_folder, runner

CLUSTER = Path("postgres") / "18"


class Folder(NamedTuple):
    data: Path
    account: Runner

    @property
    def cluster(self) -> Path:
        return self.data / CLUSTER

    @contextmanager
    def owner(self) -> Iterator[tuple[int, int]]:
        """A process that owns the server, killed at the end: its number, and the server's."""
        with running(self.account.start("own", self.data)) as process:
            said = process.stdout.readline()
            assert said.strip().isdecimal(), said + process.stderr.read()
            yield process.pid, int(said)
        assert nobody_left(self.cluster)


@pytest.fixture(scope="module", params=["root", "ordinary"])
def folder(request: pytest.FixtureRequest) -> Iterator[Folder]:
    account = runner(request.param)
    with data_folder(account) as data:
        yield Folder(data, account)


@contextmanager
def running(process: subprocess.Popen[str]) -> Iterator[subprocess.Popen[str]]:
    with process:
        try:
            yield process
        finally:
            process.kill()


def confirmed_until(folder: Folder, at_least: int, strike: Callable[[], None]) -> set[int]:
    """The numbers that were confirmed; `strike` is called while more are coming."""
    with running(folder.account.start("write", folder.data)) as writer:
        numbers = {int(writer.stdout.readline()) for _ in range(at_least)}
        strike()
        numbers |= {int(line) for line in writer.stdout if line.endswith("\n")}
        assert writer.wait(60) == 3, writer.stderr.read()  # it lost its server, as it should
    return numbers


def rows(folder: Folder) -> set[int]:
    with psycopg.connect(embedded_urls(folder.data).owner) as connection:
        return {number for (number,) in connection.execute("SELECT n FROM confirmed")}


def nobody_left(cluster: Path) -> bool:
    """Whether all processes of the server end by themselves; the bound is a guard against hanging."""
    deadline = time.monotonic() + 30
    while members(cluster):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def strike(folder: Folder, victims: str, at_least: int) -> None:
    with folder.owner() as (owner, server):

        def kill() -> None:
            if victims in {"owner", "both"}:
                os.kill(owner, signal.SIGKILL)
            if victims in {"postgres", "both"}:
                os.kill(server, signal.SIGKILL)

        numbers = confirmed_until(folder, at_least, kill)
        assert nobody_left(folder.cluster)
        if victims == "postgres":  # the stale file that the next start has to cope with
            assert server_pid(folder.cluster) == server
    with folder.owner():
        assert numbers <= rows(folder)


@pytest.mark.parametrize("victims", ["owner", "postgres", "both"])
def test_nothing_confirmed_is_lost(folder: Folder, victims: str) -> None:
    strike(folder, victims, 200)


def test_the_check_sees_a_lost_row(folder: Folder) -> None:
    with folder.owner() as (_, server):
        numbers = confirmed_until(folder, 20, lambda: os.kill(server, signal.SIGKILL))
    with folder.owner():
        with psycopg.connect(embedded_urls(folder.data).owner, autocommit=True) as connection:
            connection.execute("DELETE FROM confirmed WHERE n = %s", [max(numbers)])
        assert not numbers <= rows(folder)


@pytest.mark.soak
def test_nothing_confirmed_is_lost_at_random_moments(folder: Folder) -> None:
    for _ in range(20):
        strike(folder, random.choice(["owner", "postgres", "both"]), random.randrange(1, 2000))
