import mmap
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from lumiku.engine.runtime.resident import forget_mapped, return_freed

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc/self/smaps")

SIZE = 4_194_304
SMAPS = Path("/proc/self/smaps")


def resident_kb(path: Path) -> int:
    """How much of a mapped file this process holds."""
    entry = SMAPS.read_text().split(f"{path}\n", 1)[1]
    found = re.search(r"^Rss: +(\d+) kB", entry, re.MULTILINE)
    assert found
    return int(found[1])


@contextmanager
def mapped(path: Path, access: int) -> Iterator[mmap.mmap]:
    path.write_bytes(bytes(range(256)) * (SIZE // 256))
    with path.open("r+b") as file, mmap.mmap(file.fileno(), SIZE, access=access) as view:
        assert view[:].count(b"\x07") == SIZE // 256
        yield view


def test_pages_of_a_file_that_is_read_go_and_come_back(tmp_path: Path) -> None:
    path = tmp_path / "model blob"
    with mapped(path, mmap.ACCESS_READ) as view:
        assert resident_kb(path) == SIZE // 1024
        forget_mapped(tmp_path)
        assert resident_kb(path) == 0
        assert view[SIZE - 1] == 255


def test_other_folders_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    path = tmp_path / "mine-too"
    with mapped(path, mmap.ACCESS_READ):
        forget_mapped(tmp_path / "mine")
        assert resident_kb(path) == SIZE // 1024


def test_what_could_have_been_written_to_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "notes"
    with mapped(path, mmap.ACCESS_COPY) as view:
        view[0] = 99
        forget_mapped(tmp_path)
        assert view[0] == 99


def test_freed_memory_can_be_returned_any_time() -> None:
    return_freed()
