"""An engine process without models, and pictures that are bad for it; for `open_engine`.

What is red in a picture is its subject. A source that begins with one of the words below is no picture.
"""

import os
import signal
import sys
import time
from collections.abc import Mapping, Sequence
from typing import Any

from lumiku.engine.remover import Given, Remover
from lumiku.engine.settings import EngineSettings
from lumiku.worker import frames, inference_child
from support.fake_engine import FakeRemover

KILL = b"KILL"
HANG = b"HANG"
GROW = b"GROW"
KEEP = b"KEEP"
WRONG = b"WRONG"
NONSENSE = b"NONSENSE"
SLOW = b"SLOW"  # and then a picture

COMMAND = (sys.executable, "-m", "support.inference_fake")

_kept: list[bytearray] = []


class Nonsense(Exception):
    """Answer what nobody understands."""


class BadlyRemover(FakeRemover):
    """Does what the source says."""

    def remove(self, picture: Given, *rest: Any) -> Any:
        assert isinstance(picture, bytes)
        if picture.startswith(KILL):
            os.kill(os.getpid(), signal.SIGKILL)
        if picture.startswith(HANG):
            time.sleep(3600)
        if picture.startswith(GROW):
            while True:
                _kept.append(bytearray(b"x" * 10_000_000))
                time.sleep(0.01)
        if picture.startswith(WRONG):
            raise ValueError("/secret/path")
        if picture.startswith(NONSENSE):
            raise Nonsense
        if picture.startswith(KEEP):
            _kept.append(bytearray(b"x" * 200_000_000))
            picture = picture[len(KEEP) :]
        if picture.startswith(SLOW):
            time.sleep(0.3)
            picture = picture[len(SLOW) :]
        return super().remove(picture, *rest)


def pack(header: Mapping[str, Any], blobs: Sequence[bytes] = ()) -> list[bytes]:
    return [b"\xff" * 100] if header.get("failed") == "Nonsense" else frames.pack(header, blobs)


def load(settings: EngineSettings) -> Remover:
    if os.environ.get("FAKE_ENGINE_BROKEN"):
        os._exit(3)
    return BadlyRemover(settings)


if __name__ == "__main__":
    inference_child.pack = pack
    inference_child.main(int(sys.argv[1]), load)
