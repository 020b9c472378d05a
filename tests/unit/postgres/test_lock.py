"""One owner of a folder at a time, and none for longer than it lives."""

import os
from pathlib import Path

import pytest

from lumiku.postgres.errors import AlreadyRunning
from lumiku.postgres.lock import OwnerLock


def test_only_one_takes_it(tmp_path: Path) -> None:
    first, second = OwnerLock(tmp_path / "lock"), OwnerLock(tmp_path / "lock")
    first.take()
    first.take()
    with pytest.raises(AlreadyRunning, match=str(os.getpid())):
        second.take()
    first.release()
    second.take()
    second.release()


def test_a_number_left_in_the_file_means_nothing(tmp_path: Path) -> None:
    (tmp_path / "lock").write_text(str(os.getppid()))
    lock = OwnerLock(tmp_path / "lock")
    lock.take()
    assert (tmp_path / "lock").read_text() == str(os.getpid())
    lock.release()
