"""How long work waits, and whether accounts get equal shares: `python -m benchmarks.queueing`.

From the transaction that queues a picture to the worker's, by their rows; and, since the worker takes one
picture more than it has engines, from request to answer.
"""

import argparse
import itertools
import math
import os
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx

from benchmarks.batches import wait_for_end
from benchmarks.pictures import make_folder
from benchmarks.served import API, Server, answered
from support.removal_api import picture

ACCOUNTS = 10


def single(client: httpx.Client, data: bytes, tier: str) -> tuple[dict[str, Any], float]:
    """The job of one picture that is waited for, and seconds from request to answer."""
    begin = time.perf_counter()
    made = client.post(f"{API}/remove", files={"image": ("one.jpg", data)}, data={"tier": tier, "wait": "60"})
    return answered(made, 200)["job"], time.perf_counter() - begin


def started_after_ms(job: dict[str, Any]) -> float:
    """From the transaction that queued it to the one that began it."""
    begun, made = (datetime.fromisoformat(job[name]) for name in ("startedAt", "createdAt"))
    return (begun - made).total_seconds() * 1000


def p95(values: Sequence[float]) -> float:
    """The value that 95 of 100 do not exceed."""
    return sorted(values)[math.ceil(0.95 * len(values)) - 1]


def idle(server: Server, data: bytes, count: int) -> float:
    """One at a time, nothing else to do; gives the median time from request to answer."""
    single(server.client, data, "standard")
    found = [single(server.client, data, "standard") for _ in range(count)]
    waits = [started_after_ms(job) for job, _ in found]
    print(
        f"idle, {count} pictures one by one: start after {statistics.median(waits):.1f} ms median, "
        f"{p95(waits):.1f} ms p95 (at most 50)",
        flush=True,
    )
    return statistics.median(seconds for _, seconds in found)


def behind_a_batch(server: Server, files: Sequence[Path], count: int, alone_s: float) -> None:
    """Pictures that somebody waits for while 500 of another account are ahead."""
    other = server.account("other@example.com")
    form = [
        ("images", (path.name, path.read_bytes(), "image/jpeg"))
        for path in itertools.islice(itertools.cycle(files), 500)
    ]
    where = other.post(f"{API}/batch", files=form, data={"tier": "standard"}).headers["location"]
    found = []
    for number in range(count):
        time.sleep(0.1 + 0.07 * number)  # at any moment of an item
        found.append(single(server.client, files[number].read_bytes(), "standard"))
    ends = server.ends()
    other.post(f"{where}/cancel")
    first, last = ends[0][0], ends[-1][0]
    item_ms = (last - first).total_seconds() / (len(ends) - 1) * 1000
    waits = [started_after_ms(job) for job, _ in found]
    more = [seconds - alone_s for _, seconds in found]
    print(
        f"500 of another account ahead, of which {len(ends) - count} came out meanwhile; an item takes "
        f"{item_ms:.0f} ms\n  {count} single pictures: start after {statistics.median(waits):.0f} ms median, "
        f"{max(waits):.0f} at most; answered {statistics.median(more) * 1000:.0f} ms later than with nothing "
        f"ahead, {max(more) * 1000:.0f} at most (at most an item's time)",
        flush=True,
    )


def shares(server: Server, each: int) -> None:
    """Ten accounts with the same backlog: who had how many of the first half."""
    clients = [server.account(f"account{number}@example.com") for number in range(ACCOUNTS)]
    server.freeze_workers()
    places = []
    for client in clients:
        form = [("images", (f"{number}.png", picture(number), "image/png")) for number in range(each)]
        places.append(client.post(f"{API}/batch", files=form, data={"tier": "basic"}).headers["location"])
    server.thaw_workers()
    for client, where in zip(clients, places, strict=True):
        wait_for_end(client, where)
    ends = server.ends(tier="basic")
    half = Counter(account for _, account in ends[: len(ends) // 2])
    fair = len(ends) / 2 / ACCOUNTS
    off = max(abs(number - fair) / fair for number in half.values())
    print(
        f"{ACCOUNTS} accounts with {each} pictures each: of the first half that ended they had "
        f"{min(half.values())} to {max(half.values())}, {off:.0%} off at most (at most 10 %)"
    )


def main() -> None:
    """Print a row for each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--singles", type=int, default=40)
    parser.add_argument("--behind", type=int, default=12)
    parser.add_argument("--each", type=int, default=30)
    parser.add_argument("--only", choices=("waits", "shares"))
    args, _ = parser.parse_known_args()
    files = sorted(make_folder(100).iterdir())
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        Path(folder).chmod(0o711)
        with Server(Path(folder) / "data") as server:
            if args.only != "shares":
                alone_s = idle(server, files[0].read_bytes(), args.singles)
                behind_a_batch(server, files, args.behind, alone_s)
            if args.only != "waits":
                shares(server, args.each)


if __name__ == "__main__":
    main()
