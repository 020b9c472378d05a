"""What the product asks of a place for files; the folder and the bucket both do all of it."""

from collections.abc import AsyncIterable, AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

Content = bytes | Path | AsyncIterable[bytes]


@dataclass(frozen=True)
class Stored:
    """One stored file.

    Attributes:
        key: its name.
        size_bytes: its length.
        etag: changes when the bytes do; without quotes.
        stored_at: when it was written, by the store's clock.
    """

    key: str
    size_bytes: int
    etag: str
    stored_at: datetime


class Storage(Protocol):
    """Keys are those of `new_key`; everything raises StorageUnavailable where the place does not answer."""

    async def put(self, key: str, content: Content) -> int:
        """Store a file whole or not at all, durable when this returns; gives its length in bytes.

        Raises:
            Conflict: bytes or a path were given, and the key is taken.
        """

    async def get(self, key: str) -> bytes:
        """All of a file. Raises FileMissing."""

    def stream(self, key: str, start: int = 0, end: int | None = None) -> AsyncIterator[bytes]:
        """The bytes from `start` to before `end`, in pieces. Raises FileMissing at the first one."""

    async def head(self, key: str) -> Stored:
        """What is known of a file without reading it. Raises FileMissing."""

    async def sizes(self, keys: Iterable[str]) -> Mapping[str, int]:
        """Lengths in bytes of many files, cheaper than `head` of each; those not there are left out."""

    async def delete(self, keys: Iterable[str]) -> None:
        """Delete files; those that are not there are no error."""

    def list(self, prefix: str) -> AsyncIterator[Stored]:
        """All files whose key begins with the folder `prefix`, such as `uploads/2026/11`."""

    async def drop_unfinished(self, before: datetime, *, dry_run: bool = False) -> Sequence[str]:
        """Delete what writes that were killed before this moment left half done, or only name it."""

    async def check(self) -> str:
        """Write, read and delete a few bytes; gives a line on how it went."""
