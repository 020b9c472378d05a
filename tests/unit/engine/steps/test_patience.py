"""Reading stops when it has cost too much, and oversized directories are seen before they are unfolded."""

import struct
import time

import pytest

from lumiku.engine.errors import UnreadableImage
from lumiku.engine.steps.patience import OutOfPatience, TimedBytes, check_embedded_tags, check_tags
from support.bad_pictures import tiff, tiff_size


def test_reads_like_any_file_until_the_time_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr(time, "thread_time", lambda: now[0])
    stream = TimedBytes(b"one\ntwo\nthree")
    assert stream.read(4) == b"one\n"
    assert stream.readline() == b"two\n"
    now[0] = 3.5
    with pytest.raises(OutOfPatience):
        stream.read(1)
    with pytest.raises(OutOfPatience):
        stream.readline()
    stream.allow_pixels(10_000_000)
    assert stream.read() == b"three"
    now[0] += 8.5
    with pytest.raises(OutOfPatience):
        stream.read()


@pytest.mark.parametrize("start", [0, 7])
def test_many_values_of_a_numeric_tag_are_refused(start: int) -> None:
    before, after = b"x" * start, bytes(2_000_000)
    check_tags(before + tiff([*tiff_size(4, 4), (274, 3, 200_000, 8)], after), start)
    with pytest.raises(UnreadableImage):
        check_tags(before + tiff([*tiff_size(4, 4), (274, 3, 300_000, 8)], after), start)


def test_bytes_and_text_may_be_long_and_what_cannot_be_there_is_left_to_the_reader() -> None:
    check_tags(
        tiff([(34_675, 7, 1_900_000, 8), (270, 2, 1_900_000, 8), (700, 1, 1_900_000, 8)], bytes(2_000_000))
    )
    check_tags(tiff([(274, 3, 4_000_000_000, 8)]))


def test_too_many_tags_are_refused() -> None:
    check_tags(tiff([(30_000 + tag, 3, 1, 0) for tag in range(4_000)]))
    with pytest.raises(UnreadableImage):
        check_tags(tiff([(30_000 + tag, 3, 1, 0) for tag in range(5_000)]))


def test_big_tiff_and_the_other_byte_order() -> None:
    big = (
        b"II+\0\x08\0\0\0"
        + struct.pack("<QQ", 16, 1)
        + struct.pack("<HHQQ", 274, 3, 300_000, 8)
        + bytes(2_000_000)
    )
    with pytest.raises(UnreadableImage):
        check_tags(big)
    motorola = (
        b"MM\0*" + struct.pack(">IH", 8, 1) + struct.pack(">HHII", 274, 3, 300_000, 8) + bytes(2_000_000)
    )
    with pytest.raises(UnreadableImage):
        check_tags(motorola)


@pytest.mark.parametrize(
    "data",
    [b"", b"II", b"II*\0", b"II*\0\xff\xff\xff\xff", b"II*\0\x08\0\0\0\xff", b"II*\0\x08\0\0\0\xff\xff"],
)
def test_stumps_are_left_to_the_reader(data: bytes) -> None:
    check_tags(data)


def test_directories_inside_other_files_are_found() -> None:
    check_embedded_tags(b"ftypavif" + tiff(tiff_size(4, 4)))
    with pytest.raises(UnreadableImage):
        check_embedded_tags(b"ftypavif" + tiff([(274, 3, 300_000, 8)], bytes(2_000_000)))
    with pytest.raises(UnreadableImage):
        check_embedded_tags(b"II*\0\x08\0\0\0\0\0" * 1_001)
