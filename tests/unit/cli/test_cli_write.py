"""Files that appear whole or not at all."""

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from lumiku.cli import write
from lumiku.cli.errors import NoSpace, NotWritable, OutputExists
from lumiku.cli.write import remove_temporary_files, write_file

TIME_NS = 1_500_000_000_123_456_789


def test_the_file_has_the_bytes_the_time_and_no_companions(tmp_path: Path) -> None:
    target = tmp_path / "new" / "folder" / "a.png"
    write_file(target, b"picture", mtime_ns=TIME_NS)
    assert target.read_bytes() == b"picture"
    assert target.stat().st_mtime_ns == TIME_NS
    assert list(target.parent.iterdir()) == [target]
    umask = os.umask(0)
    os.umask(umask)
    assert target.stat().st_mode & 0o777 == 0o666 & ~umask


def test_nothing_is_replaced_unless_told_to(tmp_path: Path) -> None:
    target = tmp_path / "a.png"
    target.write_bytes(b"mine")
    with pytest.raises(OutputExists):
        write_file(target, b"new")
    assert target.read_bytes() == b"mine"
    write_file(target, b"new", replace=True)
    assert target.read_bytes() == b"new"
    assert list(tmp_path.iterdir()) == [target]


def test_where_there_are_no_hard_links(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: Path, target: Path) -> None:
        raise OSError(errno.EPERM, "no hard links here")

    monkeypatch.setattr(Path, "hardlink_to", refuse)
    write_file(tmp_path / "a.png", b"first")
    with pytest.raises(OutputExists):
        write_file(tmp_path / "a.png", b"second")
    assert (tmp_path / "a.png").read_bytes() == b"first"
    assert len(list(tmp_path.iterdir())) == 1


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        (errno.ENOSPC, NoSpace),
        (errno.EDQUOT, NoSpace),
        (errno.EFBIG, NoSpace),
        (errno.EACCES, NotWritable),
        (errno.EROFS, NotWritable),
        (errno.EIO, NotWritable),
    ],
)
def test_refusals_of_the_system_have_codes_and_leave_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, kind: type[Exception]
) -> None:
    def fail(descriptor: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(kind):
        write_file(tmp_path / "a.png", b"picture")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_in_the_way_stays(tmp_path: Path) -> None:
    (tmp_path / "a.png").mkdir()
    with pytest.raises(OutputExists):
        write_file(tmp_path / "a.png", b"picture")
    with pytest.raises((OutputExists, NotWritable)):
        write_file(tmp_path / "a.png", b"picture", replace=True)
    assert [path.name for path in tmp_path.iterdir()] == ["a.png"]


def test_a_name_that_is_too_long_is_refused_with_a_code(tmp_path: Path) -> None:
    with pytest.raises(NotWritable, match="name too long"):
        write_file(tmp_path / ("x" * 300 + ".png"), b"picture")


def test_what_a_dead_process_left_is_swept_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    host = write._HOST
    of_dead = tmp_path / f".lumiku-{host}-{dead.pid}-1.part"
    of_living = tmp_path / f".lumiku-{host}-{os.getppid()}-1.part"
    elsewhere = tmp_path / f".lumiku-{'0' * 8}-{dead.pid}-1.part"
    elsewhere_old = tmp_path / f".lumiku-{'0' * 8}-{dead.pid}-2.part"
    similar = tmp_path / ".lumiku-notes.part"
    for path in (of_dead, of_living, elsewhere, elsewhere_old, similar):
        path.write_bytes(b"half")
    os.utime(elsewhere_old, (0, 0))
    write_file(tmp_path / "a.png", b"picture")
    assert {path.name for path in tmp_path.iterdir()} == {
        of_living.name,
        elsewhere.name,
        similar.name,
        "a.png",
    }


def test_leaving_at_once_deletes_what_is_being_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[int] = []

    def leave(descriptor: int) -> None:
        seen.append(len(list(tmp_path.iterdir())))
        remove_temporary_files()
        seen.append(len(list(tmp_path.iterdir())))
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", leave)
    with pytest.raises(KeyboardInterrupt):
        write_file(tmp_path / "a.png", b"picture")
    assert seen == [1, 0]
    assert list(tmp_path.iterdir()) == []
