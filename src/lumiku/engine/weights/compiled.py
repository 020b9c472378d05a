"""Compiles models for this machine's CPU, always by the same settings, and keeps the results on disk."""

import contextlib
from pathlib import Path

import openvino as ov


def compile_model(
    model: Path | ov.Model, *, hint: str, threads: int = 0, cache_dir: Path | None = None
) -> ov.CompiledModel:
    """Compile for the CPU, or take what an earlier process compiled.

    Args:
        model: an `.xml`, or a graph.
        hint: OpenVINO's precision for what is not int8, "f32" or "bf16"; always given, for its own default
            is slower on some processors.
        threads: 0 is one for each core.
        cache_dir: where compiled models are kept between processes; None keeps nothing.

    Raises:
        RuntimeError: OpenVINO cannot read or compile it.
    """
    config: dict[str, object] = {"PERFORMANCE_HINT": "LATENCY", "INFERENCE_PRECISION_HINT": hint}
    if threads:
        config["INFERENCE_NUM_THREADS"] = threads
    if cache_dir is not None and _is_folder(cache_dir):
        config["CACHE_DIR"] = str(cache_dir)
    return ov.Core().compile_model(model, "CPU", config)


def _is_folder(path: Path) -> bool:
    """Make it unless it is there; without one (a read-only disk) nothing is kept, and nothing else breaks."""
    with contextlib.suppress(OSError):
        path.mkdir(parents=True, exist_ok=True)
    return path.is_dir()
