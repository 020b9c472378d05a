"""A process that removes backgrounds when told to, so that both sides are timed in one run.

worker.py lumiku TIER | worker.py rembg MODEL. Reads a path a line; answers one JSON line: milliseconds from
the file's bytes to PNG bytes, their number, and the process's memory. Imports nothing of this package, for it
also runs in rembg's environment.
"""

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path


def open_lumiku(tier: str) -> Callable[[bytes], bytes]:
    """Lumiku's library, warmed up."""
    from lumiku import Options, Remover  # noqa: PLC0415

    remover, options = Remover(), Options(tier=tier)  # type: ignore[arg-type]
    remover.warm(options)
    return lambda data: remover.remove(data, options).to_bytes()


def open_rembg(model: str) -> Callable[[bytes], bytes]:
    """rembg's library with a session of its own, as its README says."""
    from rembg import new_session, remove  # noqa: PLC0415

    session = new_session(model)
    return lambda data: remove(data, session=session)


def memory() -> dict[str, float]:
    """The most memory this process ever held, and what it holds now, in megabytes (Linux)."""
    lines = Path("/proc/self/status").read_text().splitlines()
    fields = dict(line.split(":", 1) for line in lines)
    megabytes = {name: round(int(fields[name].split()[0]) * 1024 / 1e6, 1) for name in ("VmHWM", "VmRSS")}
    return {"peak_mb": megabytes["VmHWM"], "resident_mb": megabytes["VmRSS"]}


def main(side: str, what: str) -> None:
    """Answer until standard input ends."""
    run = {"lumiku": open_lumiku, "rembg": open_rembg}[side](what)
    print(json.dumps({"ready": True, **memory()}), flush=True)
    for line in sys.stdin:
        data = Path(line.strip()).read_bytes()
        started = time.perf_counter()
        result = run(data)
        ms = (time.perf_counter() - started) * 1000
        print(json.dumps({"ms": ms, "bytes": len(result), **memory()}), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
