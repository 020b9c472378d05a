"""Readiness fails before the disk is full, and says how much room is wanted."""

import shutil
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
from obstore.store import MemoryStore

from lumiku.health.check import run_check
from lumiku.health.storage import storage_check
from lumiku.storage.errors import StorageUnavailable
from lumiku.storage.objects import ObjectStorage

MIB = 2**20


class Bucket(ObjectStorage):
    """One that is away, or there."""

    def __init__(self, *, away: bool = False) -> None:
        super().__init__(MemoryStore())
        self.away = away

    async def check(self) -> str:
        if self.away:
            raise StorageUnavailable("the storage does not answer")
        return await super().check()


@pytest.fixture
def free(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Sets how many bytes the disk seems to have left."""

    def seem(left: int) -> None:
        monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=left))

    return seem


@pytest.mark.parametrize("left", [0, 217 * MIB, 256 * MIB - 1])
async def test_too_little_room_is_told_with_what_is_needed(
    free: Callable[[int], None], tmp_path: Path, left: int
) -> None:
    free(left)
    found = await run_check(storage_check(tmp_path, Bucket()))
    assert found.status == "failed"
    assert found.message == f"the data folder has {left // MIB} MiB left and needs 256: free some space"
    assert (found.reason, found.facts) == ("NO_ROOM", {"leftMiB": left // MIB, "leastMiB": 256})


async def test_enough_room_is_fine(free: Callable[[int], None], tmp_path: Path) -> None:
    free(256 * MIB)
    found = await run_check(storage_check(tmp_path, Bucket()))
    assert (found.status, found.message, found.reason, found.facts) == ("ok", "0 GiB free", None, {})


async def test_a_folder_that_cannot_be_written_to_is_told_without_its_path(tmp_path: Path) -> None:
    found = await run_check(storage_check(tmp_path / "missing", Bucket()))
    assert found.status == "failed"
    assert "cannot be written to" in found.message
    assert str(tmp_path) not in found.message
    assert (found.reason, found.facts) == ("UNWRITABLE", {"why": "No such file or directory"})


async def test_a_bucket_that_does_not_answer_is_told_although_the_disk_is_fine(tmp_path: Path) -> None:
    found = await run_check(storage_check(tmp_path, Bucket(away=True)))
    assert (found.status, found.code, found.reason) == ("failed", "SERVICE_UNAVAILABLE", "UNAVAILABLE")
