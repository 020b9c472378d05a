"""How long `lumiku serve` takes to start, to stop and to be gone: `python -m benchmarks.serve` (Linux).

Each figure is a process's own: from the command to its line "ready", from SIGTERM to its end, from SIGKILL of
the supervisor until no child is left, and from SIGKILL of a worker until its job is in the queue again.
"""

import os
import signal
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import psycopg

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from lumiku.postgres.urls import embedded_urls
from support.serving import Serving, alive, below, command_of, until

ROUNDS = 5


def main() -> None:
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        Path(folder).chmod(0o711)
        data = Path(folder) / "data"
        print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
        first, ready_s = started(data)
        print(f"first start, empty folder      {ready_s:6.2f} s")
        memory(first)
        takeover(first, data)
        first.stop()
        starts, stops, gone = [], [], []
        for _ in range(ROUNDS):
            server, ready_s = started(data)
            starts.append(ready_s)
            stops.append(seconds(server.stop))
            server.end()
        for _ in range(ROUNDS):
            server, _ = started(data)
            children = below(server.process.pid)
            server.process.kill()
            gone.append(seconds(partial(until, partial(none_alive, children))))
            server.end()
    for name, values in (("warm start", starts), ("stop", stops), ("gone after SIGKILL", gone)):
        print(f"{name:31}{statistics.median(values):6.2f} s median, {max(values):.2f} s at most, of {ROUNDS}")


def started(data: Path) -> tuple[Serving, float]:
    begin = time.monotonic()
    server = Serving("serve", "--port", "0", "--data", str(data))
    server.wait_ready()
    return server, time.monotonic() - begin


def none_alive(processes: set[int]) -> bool:
    return not any(map(alive, processes))


def seconds(do: Callable[[], object]) -> float:
    begin = time.monotonic()
    do()
    return time.monotonic() - begin


def memory(server: Serving) -> None:
    """Proportional set size: what is shared counts once."""
    for pid in (server.process.pid, *server.children("lumiku.serve.child")):
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        kib = int(next(line.split()[1] for line in lines if line.startswith("Pss:")))
        name = command_of(pid).partition("lumiku.serve.child ")[2].split(" ")[0] or "supervisor"
        print(f"memory, {name:23}{kib / 1024:6.0f} MiB")


def takeover(server: Serving, data: Path) -> None:
    """A job that a worker held when it was killed: as if it ran, for no task of ours runs for long."""
    (victim,) = server.children("child worker")
    with psycopg.connect(embedded_urls(data).app, autocommit=True) as connection:
        connection.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, args, status, worker_id)"
            " SELECT 'maintenance', 'release_stale_holds', '{}', 'doing', max(id) FROM procrastinate_workers"
        )
        os.kill(victim, signal.SIGKILL)

        def taken() -> bool:
            rows = connection.execute("SELECT count(*) FROM queue_rescues").fetchone()
            return bool(rows and rows[0])

        print(f"killed worker's job taken over {seconds(lambda: until(taken)):6.2f} s")


if __name__ == "__main__":
    main()
