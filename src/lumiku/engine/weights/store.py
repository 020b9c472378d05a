"""The models folder: which weights are there, whole and allowed, and how missing ones come into it."""

import logging
import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from lumiku.engine.catalog import ModelSpec
from lumiku.engine.errors import ModelCorrupt, ModelMissing, WeightsUnavailable
from lumiku.engine.option_values import refused
from lumiku.engine.settings import EngineSettings
from lumiku.engine.weights.licences import is_accepted, require_licence
from lumiku.engine.weights.locks import lock
from lumiku.engine.weights.stamps import check_hash, is_stamped, stamp, stamp_path, stamped_hash

if TYPE_CHECKING:
    from lumiku.engine.weights.fetch import Progress

State = Literal["remote", "needs opt-in", "missing", "corrupt", "present", "optimised", "int8 refused"]

_log = logging.getLogger(__name__)


def weights_path(spec: ModelSpec, settings: EngineSettings) -> Path:
    """Where the model's weights lie or would lie."""
    if not spec.file:
        raise ModelMissing(f"'{spec.name}' has no weights: it runs at {spec.homepage}.")
    return settings.models_dir / spec.file


def derived_folder(spec: ModelSpec, settings: EngineSettings) -> Path:
    """Where everything lies that was made from the weights on this machine and goes when they go."""
    return settings.models_dir / "derived" / spec.name


def weights_state(spec: ModelSpec, settings: EngineSettings) -> State:
    """What a look at names and sizes tells; `verify_weights` looks at the bytes."""
    if not is_accepted(spec, settings):
        return "needs opt-in"
    if not spec.file:
        return "remote"
    path = weights_path(spec, settings)
    if not path.is_file():
        return "missing"
    if spec.size_bytes and path.stat().st_size != spec.size_bytes:
        return "corrupt"
    derived = derived_folder(spec, settings)
    if any(derived.glob("int8-*/facts.json")):
        return "optimised"
    return "int8 refused" if any(derived.glob("int8-*.refused.json")) else "present"


def find_weights(spec: ModelSpec, settings: EngineSettings) -> Path:
    """The weights on this machine.

    A file is hashed when it is first seen and again when its size or time changed; in between its stamp is
    believed, so that loading a model does not read the weights twice.

    Raises:
        LicenceNotAccepted: the model is restricted and nobody opted in.
        ModelMissing: they are not here; the message says how to get them.
        ModelCorrupt: they are not what the catalogue pins.
    """
    require_licence(spec, settings)
    path = weights_path(spec, settings)
    if not path.is_file():
        raise ModelMissing(
            f"The weights of '{spec.name}' are not here. To get them: lumiku models pull {spec.name}",
            model=spec.name,
        )
    expected = _pinned(spec, settings) or stamped_hash(path)
    if expected is not None and is_stamped(path, expected):
        return path
    return verify_weights(spec, settings)


def verify_weights(spec: ModelSpec, settings: EngineSettings) -> Path:
    """Hash the weights again, whatever was believed.

    Raises:
        ModelMissing: they are not here.
        ModelCorrupt: they are not what the catalogue pins, or nothing says what they should be.
    """
    path = weights_path(spec, settings)
    if not path.is_file():
        raise ModelMissing(f"The weights of '{spec.name}' are not on this machine.", model=spec.name)
    expected = _pinned(spec, settings) or stamped_hash(path)
    if expected is None:
        raise ModelCorrupt(
            f"Nothing says which hash {path.name} must have: set LUMIKU_ENGINE__WEIGHTS_SHA256."
        )
    check_hash(path, expected, name=path.name, source=str(path.parent))
    stamp(path, expected)
    return path


def ensure_weights(
    spec: ModelSpec,
    settings: EngineSettings,
    progress: "Progress | None" = None,
    *,
    sha256: str | None = None,
) -> Path:
    """The weights on this machine, fetched first where they are missing or damaged.

    Sources are tried in order: the mirror of the settings, then those of the catalogue. What arrives is
    hashed before it takes its place in one rename. Processes that want the same file wait for the first one.

    Args:
        spec: the model.
        settings: where to put it, the mirror, whether the network may be used.
        progress: called with bytes done and bytes in all as the source counts them.
        sha256: for a row that pins no hash, the one that the file must have.

    Returns:
        The file, verified.

    Raises:
        LicenceNotAccepted: the model is restricted and nobody opted in.
        InvalidOption: `sha256` is no hash or contradicts the catalogue.
        ModelCorrupt: what a source gave has another hash, and no other source had the right file.
        WeightsUnavailable: offline, or no source could give it; one line says why for each.
        DiskFull: there is no room for it.
    """
    require_licence(spec, settings)
    path = weights_path(spec, settings)
    expected = _expected(spec, settings, sha256)
    if _is_here(spec, settings, expected):
        return path
    from lumiku.engine.weights.sources import Wanted, fetch_from_any  # noqa: PLC0415 - 0.2 s of HTTP client

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with lock(settings, path.name):
            if not _is_here(spec, settings, expected):
                if path.is_file() and not settings.offline:  # offline, the error says it
                    _log.warning("%s is damaged: its sha256 is not %s. It is fetched again.", path, expected)
                fetch_from_any(Wanted(spec, settings, expected, path, progress))
                stamp(path, expected)
    except OSError as error:
        raise WeightsUnavailable(f"{path.parent} cannot be written: {error.strerror}") from error
    return path


def remove_weights(spec: ModelSpec, settings: EngineSettings) -> list[Path]:
    """Delete the weights, what was made from them and what is left of broken downloads; says what went."""
    path = weights_path(spec, settings)
    if not path.parent.is_dir():
        return []
    from lumiku.engine.weights.sources import sweep  # noqa: PLC0415

    with lock(settings, path.name), lock(settings, f"{spec.name}.int8"):
        sweep(path)
        stamp_path(path).unlink(missing_ok=True)
        removed = [each for each in (path, derived_folder(spec, settings)) if each.exists()]
        path.unlink(missing_ok=True)
        shutil.rmtree(derived_folder(spec, settings), ignore_errors=True)
    return removed


def _expected(spec: ModelSpec, settings: EngineSettings, sha256: str | None) -> str:
    given = sha256.lower() if sha256 else None
    if given and not re.fullmatch(r"[0-9a-f]{64}", given):
        raise refused("sha256", sha256, "64 hexadecimal digits")
    pinned = _pinned(spec, settings)
    if given and pinned and given != pinned:
        raise refused("sha256", sha256, f"the catalogue pins {pinned}")
    expected = pinned or given
    if expected is None:
        raise WeightsUnavailable(
            f"No hash of '{spec.name}' is known, so nothing could be verified. With one from a source "
            f"that you trust: lumiku models pull {spec.name} --sha256 HEX"
        )
    return expected


def _pinned(spec: ModelSpec, settings: EngineSettings) -> str | None:
    return spec.sha256 or settings.weights_sha256.get(spec.name, "").lower() or None


def _is_here(spec: ModelSpec, settings: EngineSettings, expected: str) -> bool:
    path = weights_path(spec, settings)
    if not path.is_file():
        return False
    if is_stamped(path, expected):
        return True
    try:
        check_hash(path, expected, name=path.name, source=str(path.parent))
    except ModelCorrupt:
        return False
    stamp(path, expected)
    return True
