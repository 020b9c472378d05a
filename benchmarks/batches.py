"""A batch by HTTP against the folder command on the same pictures: `python -m benchmarks.batches`.

In slices that take turns. A batch's time is from the first byte of its upload to its last event; the
folder's is that of `lumiku remove FOLDER`, whose start-up is measured apart and counted once only, as in
one run of all pictures. `--processes` compares engine processes x threads, each in a server of its own.
"""

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from benchmarks.pictures import FOLDER, make_folder
from benchmarks.served import API, Server, answered, pss_mb

MOST = 1.10
LUMIKU = Path(sys.executable).with_name("lumiku")


@dataclass
class Spent:
    """Seconds, slice by slice."""

    slices: list[float] = field(default_factory=list)

    @property
    def total(self) -> float:
        """Of all slices."""
        return sum(self.slices)


def run_server(server: Server, files: Sequence[Path], tier: str) -> float:
    """Seconds from the upload's first byte until the last picture is done."""
    form = [("images", (path.name, path.read_bytes(), "image/jpeg")) for path in files]
    begin = time.perf_counter()
    made = server.client.post(f"{API}/batch", files=form, data={"tier": tier})
    answered(made, 202)
    where = made.headers["location"]
    wait_for_end(server.client, where)
    seconds = time.perf_counter() - begin
    batch = answered(server.client.get(where), 200)["batch"]
    assert batch["status"] == "completed", batch
    server.client.delete(where, params={"files": "true"})
    return seconds


def wait_for_end(client: httpx.Client, where: str) -> None:
    """Listen until the batch's last event."""
    while True:  # a stream ends after five minutes, for whoever listens to come again
        with client.stream("GET", f"{where}/events") as events:
            for line in events.iter_lines():
                if line == "event: end":
                    return


def run_folder(files: Sequence[Path], tier: str, environment: dict[str, str]) -> float:
    """Seconds of the command, start-up included."""
    place = FOLDER.parent / "batch-folder"
    shutil.rmtree(place, ignore_errors=True)
    (place / "in").mkdir(parents=True)
    for path in files:
        (place / "in" / path.name).symlink_to(path)
    command = [str(LUMIKU), "remove", str(place / "in"), "-o", str(place / "out"), "--quiet", "--tier", tier]
    begin = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True, env=environment)
    seconds = time.perf_counter() - begin
    assert len(list((place / "out").glob("*.png"))) == len(files)
    return seconds


def compare(servers: dict[str, Server], files: list[Path], slices: int, tier: str) -> None:
    """Let all sides take turns, and print a row for each way of the server."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("LUMIKU_")}
    for server in servers.values():
        run_server(server, files[:4], tier)  # warm
    spent = {name: Spent() for name in (*servers, "folder")}
    starts, per_slice = [], len(files) // slices
    for number in range(slices):
        part = files[number * per_slice : (number + 1) * per_slice]
        sides = list(spent)
        for name in sides if number % 2 else reversed(sides):
            seconds = (
                run_folder(part, tier, environment)
                if name == "folder"
                else (run_server(servers[name], part, tier))
            )
            spent[name].slices.append(seconds)
        starts.append(run_folder(part[:1], tier, environment))
        shown = ", ".join(f"{name} {side.slices[-1]:.1f} s" for name, side in spent.items())
        print(f"  {per_slice} pictures: {shown}; the folder's start {starts[-1]:.1f} s", flush=True)
    folder, count = spent.pop("folder"), per_slice * slices
    each = (folder.total - sum(starts)) / (count - slices)
    whole = each * count + statistics.median(starts) - each
    print(
        f"folder of {count}: {whole:.1f} s with one start-up of {statistics.median(starts) - each:.1f} s "
        f"({folder.total:.1f} s with {slices})"
    )
    for name, side in spent.items():
        memory = ", ".join(f"{pss_mb(pid):.0f}" for pid in servers[name].workers().values())
        by_slice = zip(side.slices, folder.slices, strict=True)
        print(
            f"batch of {count}, engine processes x threads {name}: {side.total:.1f} s, "
            f"{side.total / whole:.2f} times the folder (at most {MOST:.2f}), "
            f"by slice {' '.join(f'{mine / other:.2f}' for mine, other in by_slice)}; "
            f"worker and engines {memory} MB",
            flush=True,
        )


def main() -> None:
    """Print a row for each way."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--slices", type=int, default=4)
    parser.add_argument("--tier", default="standard")
    parser.add_argument("--processes", default="default", help="such as 1x2,2x1,2x2")
    args, _ = parser.parse_known_args()
    files = sorted(make_folder(100).iterdir())[: args.count]
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, {args.tier}, {args.slices} slices")
    with tempfile.TemporaryDirectory(dir="/tmp") as folder, ExitStack() as stack:
        Path(folder).chmod(0o711)
        servers = {}
        for way in args.processes.split(","):
            processes, _, threads = way.partition("x")
            chosen = {}
            if threads:
                chosen = {
                    "LUMIKU_WORKER__INFERENCE_PROCESSES": processes,
                    "LUMIKU_ENGINE__THREADS": threads,
                }
            servers[way] = stack.enter_context(Server(Path(folder) / way, chosen))
        compare(servers, files, args.slices, args.tier)


if __name__ == "__main__":
    main()
