"""Decodes files in a process of its own and says of each what came out, and what it cost.

The process answers one line of JSON a file. To die or to take too long is an answer too.
"""

import contextlib
import json
import os
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

HANG_S = 30.0
CRASHED = "CRASHED"
HUNG = "HUNG"


class Verdict(NamedTuple):
    """What became of one file; `code` is "ok", an error's code, CRASHED, HUNG or LEAKED: <exception>."""

    name: str
    code: str
    message: str = ""
    width: int = 0
    height: int = 0
    source_format: str = ""
    cpu_s: float = 0.0
    peak_mb: float = 0.0
    noise: str = ""


def watch(
    files: Iterable[tuple[str, bytes]], action: str = "decode", hang_s: float = HANG_S
) -> Iterator[Verdict]:
    """Run `action` on every file, in order."""
    worker = _Worker(action)
    try:
        for name, data in files:
            verdict = worker.ask(name, data, hang_s)
            if verdict.code in {CRASHED, HUNG}:
                worker.close()
                worker = _Worker(action)
            yield verdict
    finally:
        worker.close()


class _Worker:
    def __init__(self, action: str) -> None:
        folder = str(Path(__file__).parents[1])
        self._process = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-m", "support.decode_watch", action],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=folder,
        )
        assert self._process.stderr is not None
        os.set_blocking(self._process.stderr.fileno(), False)

    def ask(self, name: str, data: bytes, hang_s: float) -> Verdict:
        process = self._process
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        hung = threading.Event()
        timer = threading.Timer(hang_s, lambda: (hung.set(), process.kill()))
        timer.start()
        try:
            with contextlib.suppress(BrokenPipeError):
                process.stdin.write(struct.pack("<Q", len(data)) + data)
                process.stdin.flush()
            line = process.stdout.readline()
        finally:
            timer.cancel()
            timer.join()
        noise = (process.stderr.read() or b"").decode(errors="replace")
        if not line:
            return Verdict(name, HUNG if hung.is_set() else CRASHED, noise[-300:])
        return Verdict(name, noise=noise, **json.loads(line))

    def close(self) -> None:
        self._process.kill()
        self._process.communicate()


def _decode(data: bytes) -> dict[str, object]:
    from lumiku.core.errors import LumikuError
    from lumiku.engine.steps.decode import DecodeLimits, decode

    try:
        picture = decode(data, DecodeLimits())
    except LumikuError as error:
        return {"code": error.code, "message": error.message}
    except BaseException as error:
        return {"code": f"LEAKED: {type(error).__name__}", "message": str(error)}
    return {
        "code": "ok",
        "width": picture.width,
        "height": picture.height,
        "source_format": picture.source_format,
    }


def _act(action: str, data: bytes) -> dict[str, object]:
    """The work itself; all but "decode" are there to prove that the watch sees what it must."""
    if action == "hog":
        hog = bytearray(len(data) * 1000)
        hog[::4096] = b"x" * len(hog[::4096])
    elif action == "hang":
        time.sleep(3600)
    elif action == "crash":
        os.abort()
    elif action == "spin":
        end = time.process_time() + 0.5
        while time.process_time() < end:
            pass
    elif action == "print":
        os.write(2, b"noise")
    else:
        return _decode(data)
    return {"code": "ok"}


def _peak_mb() -> float:
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


def _serve(action: str) -> None:
    while header := sys.stdin.buffer.read(8):
        data = sys.stdin.buffer.read(struct.unpack("<Q", header)[0])
        # Resets the peak to what is used now (Linux, proc(5)).
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
        started = time.process_time()
        answer = _act(action, data)
        answer["cpu_s"] = time.process_time() - started
        answer["peak_mb"] = _peak_mb()
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    _serve(sys.argv[1])
