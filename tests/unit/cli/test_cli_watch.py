"""`--watch` hands a picture over once it has settled."""

import itertools
import os
from collections.abc import Iterator
from pathlib import Path

from lumiku.cli.inputs import Source
from lumiku.cli.naming import Job
from lumiku.cli.watch import watch


class Folder:
    """A watched folder whose time passes one second a look."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.now = 0.0
        self.looks = watch(self.jobs, settle_s=2.0, clock=lambda: self.now, sleep=self.sleep)

    def jobs(self) -> Iterator[Job]:
        for path in sorted(self.path.iterdir()):
            yield Job(Source(str(path), "file", path.name), None)

    def sleep(self, seconds: float) -> None:
        self.now += 1.0

    def look(self) -> list[str]:
        return [
            job.source.file_name
            for job in itertools.takewhile(lambda job: job is not None, self.looks)
            if job
        ]


def test_a_settled_picture_is_handed_over_once(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    assert folder.look() == []
    (tmp_path / "a.jpg").write_bytes(b"whole")
    assert [folder.look() for _ in range(6)] == [[], [], ["a.jpg"], [], [], []]


def test_a_growing_picture_waits(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    for size in range(1, 6):
        (tmp_path / "a.jpg").write_bytes(b"x" * size)
        assert folder.look() == []
    assert [folder.look() for _ in range(3)] == [[], ["a.jpg"], []]


def test_a_picture_that_changes_later_is_handed_over_again(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    (tmp_path / "a.jpg").write_bytes(b"half")
    assert [folder.look() for _ in range(4)] == [[], [], ["a.jpg"], []]
    (tmp_path / "a.jpg").write_bytes(b"half and the other half")
    assert [folder.look() for _ in range(4)] == [[], [], ["a.jpg"], []]


def test_a_picture_moved_in_with_an_old_time_is_seen(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.write_bytes(b"whole")
    os.utime(outside, (1, 1))
    (tmp_path / "in").mkdir()
    folder = Folder(tmp_path / "in")
    folder.look()
    outside.rename(tmp_path / "in" / "a.jpg")
    assert [folder.look() for _ in range(3)] == [[], [], ["a.jpg"]]


def test_one_that_vanishes_is_forgotten(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    (tmp_path / "a.jpg").write_bytes(b"x")
    folder.look()
    (tmp_path / "a.jpg").unlink()
    assert [folder.look() for _ in range(4)] == [[]] * 4
