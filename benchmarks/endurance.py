"""A batch of 500 megapixels: memory of API and worker all the while: `python -m benchmarks.endurance`.

Proportional set sizes, looked at twice a second. Flat means that the last third of the run holds as much as
the first.
"""

import argparse
import itertools
import os
import statistics
import tempfile
import threading
import time
from pathlib import Path

from benchmarks.batches import wait_for_end
from benchmarks.pictures import make_folder
from benchmarks.served import API, Server, answered, pss_mb
from support.serving import command_of

MOST_API_MB = 200


def main() -> None:
    """Print a row for each process."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=500)
    parser.add_argument("--tier", default="standard")
    args, _ = parser.parse_known_args()
    files = itertools.islice(itertools.cycle(sorted(make_folder(100).iterdir())), args.count)
    form = [("images", (path.name, path.read_bytes(), "image/jpeg")) for path in files]
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, {args.count} pictures, {args.tier}")
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        Path(folder).chmod(0o711)
        with Server(Path(folder) / "data") as server:
            (api,) = server.serving.children("child api")
            watched = {"API": api, **server.workers()}
            held: dict[str, list[float]] = {name: [] for name in watched}
            done = threading.Event()

            def look() -> None:
                while not done.wait(0.5):
                    for name, pid in watched.items():
                        held[name].append(pss_mb(pid))

            watcher = threading.Thread(target=look)
            watcher.start()
            begin = time.monotonic()
            where = server.client.post(f"{API}/batch", files=form, data={"tier": args.tier}).headers[
                "location"
            ]
            uploaded_s = time.monotonic() - begin
            wait_for_end(server.client, where)
            seconds = time.monotonic() - begin
            done.set()
            watcher.join()
            batch = answered(server.client.get(where), 200)["batch"]
            same = all(command_of(pid) for pid in watched.values())
    print(
        f"{batch['status']}, {batch['processedImages']} of {batch['totalImages']}, in {seconds:.0f} s, "
        f"of which {uploaded_s:.0f} s to take them in; {'no process' if same else 'a process'} was replaced"
    )
    for name, sizes in held.items():
        third = len(sizes) // 3
        first, last = statistics.median(sizes[:third]), statistics.median(sizes[-third:])
        print(
            f"{name.split()[0]:7} {max(sizes):4.0f} MB at most; first third {first:4.0f} MB, last third "
            f"{last:4.0f} MB, {last / first - 1:+.1%}"
            + (f" (at most {MOST_API_MB})" if name == "API" else "")
        )


if __name__ == "__main__":
    main()
