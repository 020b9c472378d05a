"""The engine in a process of its own: `python -m lumiku.worker.inference_child PARENT`, orders on its input.

A picture that crashes a decoder or a runtime, or takes all the memory, ends this process and nothing else.
"""

import hashlib
import os
import queue
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any, BinaryIO, Final

import cv2
import structlog
from isal import isal_zlib

from lumiku.core import log
from lumiku.core.errors import LumikuError
from lumiku.core.parent import ORPHANED, die_with_parent
from lumiku.core.settings import LogSettings
from lumiku.engine.catalog import find_model
from lumiku.engine.cutout import Cutout, changed
from lumiku.engine.load import load_remover
from lumiku.engine.options import Options
from lumiku.engine.remover import Remover, pipeline_for
from lumiku.engine.settings import EngineSettings
from lumiku.engine.steps.encode import encode
from lumiku.engine.steps.png import write_png
from lumiku.engine.steps.thumbnail import write_thumbnail
from lumiku.engine.steps.workers import both
from lumiku.engine.types import Deadline
from lumiku.engine.weights.store import find_weights
from lumiku.removals.engine import may_pass
from lumiku.worker.frames import BadFrame, Frame, pack, read_frame_from

_FIRST_TO_GO: Final = "1000"  # where the system runs out of memory

_log = structlog.get_logger("lumiku.engine")


def main(parent: int, load: Callable[[EngineSettings], Remover] = load_remover) -> None:
    """Serve orders until the worker ends."""
    die_with_parent(parent)
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text(_FIRST_TO_GO)
    orders, answers = _own_pipes()
    hello, _ = read_frame_from(orders)
    log.configure(LogSettings.model_validate(hello["log"]))
    settings = EngineSettings.model_validate(hello["engine"])
    cv2.setNumThreads(settings.threads)
    remover = load(settings)
    for tier in hello["warm"]:
        _warm(remover, settings, tier)
    _write(answers, {"ready": True})
    for header, blobs in _coming(orders):
        _write(answers, *_answer(remover, header, blobs, settings.threads))


def _write(answers: BinaryIO, header: dict[str, Any], blobs: Sequence[bytes] = ()) -> None:
    for piece in pack(header, blobs):
        answers.write(piece)
    answers.flush()


def _own_pipes() -> tuple[BinaryIO, BinaryIO]:
    """Standard input and output for frames alone; what a library prints goes to the log's place."""
    orders, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    return orders, answers


def _coming(orders: BinaryIO) -> Iterator[Frame]:
    """Orders as they come; the process ends with the worker, also in the middle of a picture."""
    waiting: queue.SimpleQueue[Frame] = queue.SimpleQueue()

    def read() -> None:
        try:
            while True:
                waiting.put(read_frame_from(orders))
        except (EOFError, BadFrame, OSError):
            os._exit(ORPHANED)

    threading.Thread(target=read, name="orders", daemon=True).start()
    while True:
        yield waiting.get()


def _warm(remover: Remover, settings: EngineSettings, tier: str) -> None:
    """Load what is on this machine; nothing is fetched before somebody asks for a picture."""
    options = changed(Options(), {"tier": tier})
    try:
        for name in pipeline_for(options).models:
            find_weights(find_model(name), settings)
        remover.warm(options)
    except LumikuError as error:  # it will show where the tier is wanted
        _log.warning("cannot be loaded yet", tier=tier, code=error.code, reason=error.message)


def _answer(
    remover: Remover, header: dict[str, Any], blobs: list[bytes], threads: int
) -> tuple[dict[str, Any], list[bytes]]:
    try:
        return _cut_out(remover, header, blobs, threads)
    except LumikuError as error:
        return {"failed": error.code, "message": error.message, "passing": may_pass(error)}, []
    except MemoryError:
        return {"failed": "OUT_OF_MEMORY", "message": "", "passing": True}, []
    except Exception as error:
        _log.exception("a picture met a fault of ours")
        return {"failed": type(error).__name__, "message": "", "passing": True}, []


def _cut_out(
    remover: Remover, header: dict[str, Any], blobs: list[bytes], threads: int
) -> tuple[dict[str, Any], list[bytes]]:
    fields = {**header["options"], "tier": header["tier"], "background_image": None}
    if len(blobs) > 1:
        fields["background_image"] = blobs[1]
    options = changed(Options(), fields)
    cutout = remover.remove(blobs[0], options, Deadline.after(header["seconds"]))
    del blobs[0]
    canvas = cutout.compose()
    result = encode(canvas, options, threads=threads)
    thumbnail, (matte, sums) = both(
        lambda: write_thumbnail(canvas),
        lambda: (write_png(cutout.matte, None, compression="fast", threads=threads), _sums(result.data)),
        threads,
    )
    answer = {
        "media_type": result.media_type,
        "extension": result.extension.removeprefix("."),
        "found": cutout.outcome == "ok",
        "facts": {
            **_facts(cutout),
            "outputWidth": canvas.width,
            "outputHeight": canvas.height,
            **sums,
        },
    }
    return answer, [result.data, matte, thumbnail]


def _sums(data: bytes) -> dict[str, Any]:
    """The CRC is there so that an archive's headers are known before its files are read."""
    return {"sha256": hashlib.sha256(data).hexdigest(), "crc32": isal_zlib.crc32(data)}


def _facts(cutout: Cutout) -> dict[str, Any]:
    return {
        "pipeline": cutout.pipeline,
        "executions": [asdict(each) for each in cutout.executions],
        "confidence": round(float(cutout.confidence), 4),
        "box": None if cutout.box is None else [int(side) for side in cutout.box],
        "outcome": cutout.outcome,
        "timingsMs": cutout.timings_ms,
    }


if __name__ == "__main__":
    main(int(sys.argv[1]))
