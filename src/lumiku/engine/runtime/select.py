"""Chooses runtime, device and precision, and says what it really got."""

import logging
from collections.abc import Callable
from pathlib import Path

from lumiku.engine.catalog import ModelSpec
from lumiku.engine.errors import DiskFull, OptimiseFailed, RuntimeUnavailable
from lumiku.engine.runtime.session import Session, SessionFailed
from lumiku.engine.settings import EngineSettings
from lumiku.engine.weights.store import ensure_weights

_log = logging.getLogger(__name__)


def open_session(spec: ModelSpec, settings: EngineSettings, precision: str) -> Session:
    """Load a model on the provider of the settings.

    Args:
        spec: a local model.
        settings: provider, strictness, threads; missing weights are fetched unless offline.
        precision: "int8" or "f32"; int8 needs a recipe and OpenVINO, else float runs, with a warning where
            a recipe could not be used.

    Raises:
        RuntimeUnavailable: the provider cannot be used, and `strict` forbids another, or no other can either.
        ModelMissing, ModelCorrupt, WeightsUnavailable, LicenceNotAccepted: there are no weights to load.
    """
    weights = ensure_weights(spec, settings)
    wanted = "openvino" if settings.provider == "auto" else settings.provider
    attempts = (
        [wanted] if settings.strict else [wanted, *(p for p in ("openvino", "onnxruntime") if p != wanted)]
    )
    reasons = []
    for provider in attempts:
        try:
            session = _OPENERS.get(provider, _open_onnxruntime)(provider, weights, spec, settings, precision)
        except SessionFailed as error:
            reasons.append(f"{provider}: {error}")
            continue
        if provider != wanted:
            _log.warning("Fell back to %s: %s", provider, "; ".join(reasons))
        return session
    raise RuntimeUnavailable(f"'{spec.name}' cannot run here. {'; '.join(reasons)}.", provider=wanted)


def _open_openvino(
    provider: str, weights: Path, spec: ModelSpec, settings: EngineSettings, precision: str
) -> Session:
    del provider
    try:
        from lumiku.engine.runtime.openvino import OpenVINOSession  # noqa: PLC0415 - loads the runtime
        from lumiku.engine.weights.optimise import compiled_folder, optimise_model  # noqa: PLC0415
    except ImportError as error:
        raise SessionFailed(f"it cannot be imported ({error})") from error

    def open_file(path: Path, precision: str, hint: str) -> Session:
        cache_dir = compiled_folder(spec, settings)
        threads = settings.threads
        return OpenVINOSession(
            path, spec, precision=precision, hint=hint, threads=threads, cache_dir=cache_dir
        )

    insists = settings.strict and settings.precision == "int8" and precision == "int8"
    if precision == "int8" and (spec.recipe is not None or insists):
        try:
            built = optimise_model(spec, settings)
            return open_file(built.path, "int8", built.hint)
        except (OptimiseFailed, DiskFull, SessionFailed) as error:
            if insists:
                raise SessionFailed(str(error).rstrip(".")) from error
            known = isinstance(error, OptimiseFailed) and error.details.get("known")
            level = logging.INFO if known else logging.WARNING  # said when it was found out
            _log.log(level, "%s Float runs instead, several times slower.", error)
    return open_file(weights, "f32", "f32")


def _open_onnxruntime(
    provider: str, weights: Path, spec: ModelSpec, settings: EngineSettings, precision: str
) -> Session:
    from lumiku.engine.runtime.onnxruntime import ONNXRuntimeSession  # noqa: PLC0415 - loads the runtime

    if settings.strict and settings.precision == "int8" and precision == "int8":
        raise SessionFailed("it runs these models in float only")
    return ONNXRuntimeSession(weights, spec, provider=provider, threads=settings.threads)


_OPENERS: dict[str, Callable[[str, Path, ModelSpec, EngineSettings, str], Session]] = {
    "openvino": _open_openvino
}
