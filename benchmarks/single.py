"""One picture by HTTP against the engine alone, in turns: `python -m benchmarks.single`.

By HTTP: from the request to the answer, and to the last byte of the file, with one API process and one
worker, both warm. The engine alone: the library in a process of its own, bytes to PNG bytes, on as many
threads. The server's result comes with a matte, a thumbnail and checksums besides.
"""

import argparse
import os
import statistics
import tempfile
import time
from pathlib import Path

from benchmarks.pictures import make_pictures
from benchmarks.served import API, Server, answered
from benchmarks.speed import Side

TIMES, PLUS_MS = 1.15, 40.0


def measure(server: Server, engine: Side, path: Path, rounds: int) -> str:
    """One row: medians of rounds in which both take turns, after one that warms both up."""
    data = path.read_bytes()
    answer_ms, file_ms, engine_ms, inner_ms = [], [], [], []
    for turn in range(rounds + 1):
        begin = time.perf_counter()
        made = server.client.post(f"{API}/remove", files={"image": (path.name, data)}, data={"wait": "60"})
        answered_at = time.perf_counter()
        job = answered(made, 200)["job"]
        result = server.client.get(job["processedUrl"])
        received_at = time.perf_counter()
        assert result.content.startswith(b"\x89PNG"), result.text[:200]
        alone = engine.run(path)
        if turn:
            answer_ms.append((answered_at - begin) * 1000)
            file_ms.append((received_at - begin) * 1000)
            engine_ms.append(alone["ms"])
            inner_ms.append(job["processingTimeMs"])
    worker_ms = statistics.median(inner_ms)
    http, whole, alone_ms = (statistics.median(each) for each in (answer_ms, file_ms, engine_ms))
    most = TIMES * alone_ms + PLUS_MS
    return (
        f"{path.stem:13} answer {http:5.0f} ms, with the file {whole:5.0f} ms   "
        f"engine alone {alone_ms:5.0f} ms   at most {most:5.0f} ms"
        f"   (in the worker {worker_ms:.0f} ms)"
    )


def main() -> None:
    """Print one row a picture."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=9)
    args, _ = parser.parse_known_args()
    pictures = make_pictures()
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, {args.rounds} rounds, medians, standard")
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        Path(folder).chmod(0o711)
        with Server(Path(folder) / "data") as server:
            engine = Side("lumiku", "standard")
            for name in ("portrait-1mp", "portrait-12mp", "busy-12mp"):
                print(measure(server, engine, pictures[name], args.rounds), flush=True)
            engine.close()


if __name__ == "__main__":
    main()
