"""Another background from the kept matte, by HTTP, at 12 megapixels: `python -m benchmarks.compose`.

From the request to the file's last byte; the formats take turns.
"""

import argparse
import os
import statistics
import tempfile
import time
from pathlib import Path

from benchmarks.pictures import make_pictures
from benchmarks.served import API, Server, answered

MOST_MS = 300
WAYS = {
    "new colour, PNG": {"backgroundColor": "#3366cc", "format": "png"},
    "new colour, JPEG": {"backgroundColor": "#3366cc", "format": "jpeg"},
    "new colour, WebP": {"backgroundColor": "#3366cc", "format": "webp"},
    "transparent, PNG": {"format": "png"},
    "transparent, WebP": {"format": "webp"},
    "blurred, JPEG": {"backgroundBlur": 20, "format": "jpeg"},
}


def measure(server: Server, path: Path, rounds: int) -> None:
    """Print a row for each way: medians of rounds in which they take turns, after one that warms up."""
    made = server.client.post(f"{API}/remove", files={"image": (path.name, path.read_bytes())})
    job = answered(made, 200)["job"]
    ms: dict[str, list[float]] = {name: [] for name in WAYS}
    sizes = {}
    for turn in range(rounds + 1):
        for name, options in WAYS.items():
            begin = time.perf_counter()
            answer = server.client.post(f"{API}/jobs/{job['id']}/compose", json=options)
            spent_ms = (time.perf_counter() - begin) * 1000
            if answer.status_code != 200:
                raise SystemExit(answer.text)
            sizes[name] = len(answer.content)
            if turn:
                ms[name].append(spent_ms)
    for name, times in ms.items():
        print(
            f"{path.stem:13} {name:17} {statistics.median(times):5.0f} ms, {max(times):5.0f} at most   "
            f"{sizes[name] / 1e6:5.1f} MB   (at most {MOST_MS} ms)",
            flush=True,
        )


def main() -> None:
    """Print all rows."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    args, _ = parser.parse_known_args()
    pictures = make_pictures()
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, {args.rounds} rounds, medians")
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        Path(folder).chmod(0o711)
        with Server(Path(folder) / "data") as server:
            for name in ("portrait-12mp", "busy-12mp"):
                measure(server, pictures[name], args.rounds)


if __name__ == "__main__":
    main()
