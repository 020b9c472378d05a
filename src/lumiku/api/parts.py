"""Parts of a form, and files like them: in memory while they are short, else on the disk, without a name."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import Final, Self

from lumiku.core.errors import InvalidInput
from lumiku.engine.errors import FileTooLarge
from lumiku.storage.errors import StorageUnavailable

_IN_MEMORY_BYTES: Final = 1 << 20
_PIECE_BYTES: Final = 262_144


@dataclass
class Part:
    """A field or a file of a form.

    Attributes:
        name: of the field.
        filename: as the client calls it, without folders; None for what is no file.
        size_bytes: of what was sent.
        too_large: it was longer than a file may be.
    """

    name: str
    filename: str | None
    size_bytes: int = 0
    too_large: bool = False
    _content: SpooledTemporaryFile[bytes] | bytearray = field(default_factory=bytearray, repr=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Give its file up."""
        if not isinstance(self._content, bytearray):
            with suppress(OSError):  # of a disk that is full
                self._content.close()

    def append(self, piece: bytes) -> None:
        """Take more of it in.

        Raises:
            StorageUnavailable: the disk does not take it.
        """
        self.size_bytes += len(piece)
        if isinstance(self._content, bytearray):
            self._content += piece
        else:
            with _disk():
                self._content.write(piece)

    def taken_over(self) -> "Part":
        """The same for whoever needs it longer than its form is read, and closes it then.

        Raises:
            FileTooLarge: it is longer than allowed.
        """
        self._check()
        own, self._content = replace(self), bytearray()
        return own

    async def pieces(self) -> AsyncIterator[bytes]:
        """All of it, as it is wanted."""
        for start in range(0, self.size_bytes, _PIECE_BYTES):
            if isinstance(self._content, bytearray):
                yield bytes(self._content[start : start + _PIECE_BYTES])
            else:
                yield await asyncio.to_thread(_piece, self._content, start)

    async def read(self) -> bytes:
        """All of it.

        Raises:
            FileTooLarge: it is longer than allowed.
            StorageUnavailable: the disk has not taken it.
        """
        self._check()
        if isinstance(self._content, bytearray):
            return bytes(self._content)
        return await asyncio.to_thread(_whole, self._content)

    def _check(self) -> None:
        if self.too_large:
            raise FileTooLarge(f"The file has {self.size_bytes:,} bytes or more, which is over the limit.")

    @property
    def text(self) -> str:
        """Of a field.

        Raises:
            InvalidInput: it is not UTF-8, or a file.
        """
        if not isinstance(self._content, bytearray):
            raise InvalidInput(f"{self.name} must be text, not a file", field=self.name)
        try:
            return self._content.decode()
        except UnicodeDecodeError as error:
            raise InvalidInput(f"{self.name} must be text in UTF-8", field=self.name) from error


def new_file(name: str, filename: str, folder: Path) -> Part:
    """An empty file, in memory until it has a megabyte, and then in `folder` without a name.

    Raises:
        StorageUnavailable: there is no such folder, and it cannot be made.
    """
    with _disk():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    content = SpooledTemporaryFile(_IN_MEMORY_BYTES, dir=str(folder))  # noqa: SIM115  the part closes it
    return Part(name, filename, _content=content)


def _piece(file: SpooledTemporaryFile[bytes], start: int) -> bytes:
    with _disk():
        file.seek(start)
        return file.read(_PIECE_BYTES)


def _whole(file: SpooledTemporaryFile[bytes]) -> bytes:
    with _disk():
        file.seek(0)
        return file.read()


@contextmanager
def _disk() -> Iterator[None]:
    """Says of a disk that is full, or away, what is said of a storage."""
    try:
        yield
    except OSError as error:
        raise StorageUnavailable("the disk takes no more of what is sent") from error
