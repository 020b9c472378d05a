"""Files in a folder or a bucket, by obstore."""

import asyncio
import os
import secrets
import stat
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Final

import obstore
from obstore.exceptions import AlreadyExistsError, BaseError
from obstore.store import ObjectStore

from lumiku.core.durable import sync
from lumiku.core.errors import Conflict
from lumiku.storage.base import Content, Stored
from lumiku.storage.errors import FileMissing, StorageUnavailable
from lumiku.storage.keys import check_key, is_unfinished

_PIECE_BYTES: Final = 1 << 20
_LOCAL_PIECE_BYTES: Final = 1 << 19  # below the size from which the API's allocator maps each block anew
_HEADS_AT_ONCE: Final = 32
_PROBE_PREFIX: Final = "probes"


class KeyTaken(Conflict):
    """Something is stored under this key already."""


class ObjectStorage:
    """See `Storage`."""

    def __init__(self, store: ObjectStore, folder: Path | None = None) -> None:
        """Over an opened store; `folder` is where a local one keeps its files, for making them durable."""
        self._store = store
        self._folder = folder

    async def put(self, key: str, content: Content) -> int:
        """See `Storage.put`."""
        check_key(key)
        counted = content
        length = 0
        if not isinstance(content, bytes | Path):
            pieces = content

            async def count() -> AsyncIterator[bytes]:
                nonlocal length
                async for piece in pieces:
                    length += len(piece)
                    yield piece

            counted = count()
        else:
            length = len(content) if isinstance(content, bytes) else (await _size_of(content))
        single = isinstance(content, bytes | Path)
        try:
            with _translated():
                await obstore.put_async(
                    self._store,
                    key,
                    counted,
                    mode="create" if single else "overwrite",
                    use_multipart=False if single else None,
                )
        except KeyTaken:
            if self._folder is not None or not await self._is_stored(key, content):
                raise  # else it is ours: the answer was lost, and the client asked again
        if self._folder is not None:
            with _translated():
                await asyncio.to_thread(_make_durable, self._folder / key, self._folder)
        return length

    async def _is_stored(self, key: str, content: Content) -> bool:
        if isinstance(content, Path):
            with _translated():
                content = await asyncio.to_thread(content.read_bytes)
        return await self.get(key) == content

    async def get(self, key: str) -> bytes:
        """See `Storage.get`."""
        self._refuse_links(key)
        with _translated():
            found = await obstore.get_async(self._store, check_key(key))
            return bytes(await found.bytes_async())

    async def stream(self, key: str, start: int = 0, end: int | None = None) -> AsyncIterator[bytes]:
        """See `Storage.stream`."""
        stop = (await self.head(key)).size_bytes if end is None else end
        if start >= stop:
            return
        self._refuse_links(key)
        with _translated():
            if self._folder is not None:
                async for part in _read_local(self._folder / check_key(key), start, stop):
                    yield part
                return
            found = await obstore.get_async(self._store, check_key(key), options={"range": (start, stop)})
            async for piece in found.stream(min_chunk_size=_PIECE_BYTES):
                yield bytes(piece)

    async def head(self, key: str) -> Stored:
        """See `Storage.head`."""
        self._refuse_links(key)
        with _translated():
            found = await obstore.head_async(self._store, check_key(key))
        return _stored(found)

    async def sizes(self, keys: Iterable[str]) -> Mapping[str, int]:
        """See `Storage.sizes`."""
        wanted = [check_key(key) for key in keys]
        if self._folder is not None:
            with _translated():
                return await asyncio.to_thread(_local_sizes, self._folder, wanted)
        gate = asyncio.Semaphore(_HEADS_AT_ONCE)
        found = await asyncio.gather(*(self._size(key, gate) for key in wanted))
        return {key: size for key, size in zip(wanted, found, strict=True) if size is not None}

    async def _size(self, key: str, gate: asyncio.Semaphore) -> int | None:
        async with gate:
            try:
                return (await self.head(key)).size_bytes
            except FileMissing:
                return None

    async def delete(self, keys: Iterable[str]) -> None:
        """See `Storage.delete`."""
        wanted = [check_key(key) for key in keys]
        try:
            await self._delete(wanted)
        except FileMissing:  # a folder stops at the first
            for key in wanted:
                with suppress(FileMissing):
                    await self._delete([key])

    async def _delete(self, keys: list[str]) -> None:
        """A bucket does so for a thousand in one request."""
        if keys:
            with _translated():
                await obstore.delete_async(self._store, keys)

    async def list(self, prefix: str) -> AsyncIterator[Stored]:
        """See `Storage.list`."""
        with _translated():
            async for batch in obstore.list(self._store, prefix):
                for found in batch:
                    yield _stored(found)

    async def drop_unfinished(self, before: datetime, *, dry_run: bool = False) -> Sequence[str]:
        """See `Storage.drop_unfinished`; a bucket has a file whole or not at all."""
        if self._folder is None:
            return []
        with _translated():
            return await asyncio.to_thread(_drop_unfinished, self._folder, before, dry_run)

    def _refuse_links(self, key: str) -> None:
        """Nothing of ours is a symbolic link; whoever put one in the folder is not led out of it."""
        if self._folder is not None:
            path = os.fspath(self._folder / check_key(key))
            if os.path.realpath(path) != path:
                raise FileMissing("this file is not stored")

    async def check(self) -> str:
        """See `Storage.check`."""
        name = f"{_PROBE_PREFIX}/{secrets.token_hex(16)}"
        with _translated():
            await obstore.put_async(self._store, name, b"lumiku")
            found = bytes(await (await obstore.get_async(self._store, name)).bytes_async())
            await obstore.delete_async(self._store, name)
        if found != b"lumiku":
            raise StorageUnavailable("the storage gives back other bytes than it was given")
        return "writes, reads and deletes"


def _stored(found: "obstore.ObjectMeta") -> Stored:
    return Stored(
        key=found["path"],
        size_bytes=found["size"],
        etag=(found["e_tag"] or "").strip('"'),
        stored_at=found["last_modified"],
    )


@contextmanager
def _translated() -> Iterator[None]:
    """The store's errors as ours; its own texts hold paths and addresses."""
    try:
        yield
    except FileNotFoundError as error:  # obstore raises Python's own
        raise FileMissing("this file is not stored") from error
    except AlreadyExistsError as error:
        raise KeyTaken("something is stored under this key already") from error
    except (BaseError, OSError) as error:
        raise StorageUnavailable("the storage does not answer; try again in a moment") from error


async def _read_local(path: Path, start: int, stop: int) -> AsyncIterator[bytes]:
    """By ourselves: the store reads a folder's files in pieces of 8 kB, ten times as slowly."""
    file = await asyncio.to_thread(path.open, "rb")
    with file:
        file.seek(start)
        while start < stop:
            piece = await asyncio.to_thread(file.read, min(_LOCAL_PIECE_BYTES, stop - start))
            if not piece:
                raise StorageUnavailable("a stored file is shorter than it was")
            start += len(piece)
            yield piece


def _local_sizes(folder: Path, keys: Iterable[str]) -> dict[str, int]:
    sizes = {}
    for key in keys:
        with suppress(FileNotFoundError):
            facts = (folder / key).lstat()
            if stat.S_ISREG(facts.st_mode):
                sizes[key] = facts.st_size
    return sizes


def _drop_unfinished(folder: Path, before: datetime, dry_run: bool) -> list[str]:  # noqa: FBT001
    found = []
    for place, _, names in os.walk(folder):
        for name in names:
            path = Path(place, name)
            key = path.relative_to(folder).as_posix()
            if not is_unfinished(key):
                continue
            with suppress(FileNotFoundError):  # finished meanwhile
                if path.lstat().st_mtime < before.timestamp():
                    if not dry_run:
                        path.unlink()
                    found.append(key)
    return sorted(found)


async def _size_of(path: Path) -> int:
    with _translated():
        return (await asyncio.to_thread(path.stat)).st_size


def _make_durable(path: Path, root: Path) -> None:
    """Have the file's bytes and every folder on the way to it on the disk, for the row commits next."""
    for place in (path, *path.parents):
        sync(place)
        if place == root:
            return
