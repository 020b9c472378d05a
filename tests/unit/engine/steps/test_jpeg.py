"""Which JPEG files are refused before a decoder spends time on them."""

import struct

import pytest

from lumiku.engine.errors import UnreadableImage
from lumiku.engine.steps.jpeg import MAX_EXIF_SEGMENTS, MAX_SCANS, MAX_SEGMENTS, check_segments, read_jpeg
from support.pictures import encode_rgb, make_rgb

EXIF = b"\xff\xe1" + struct.pack(">H", 8) + b"Exif\0\0"


def _with_segments(*segments: bytes) -> bytes:
    plain = encode_rgb(make_rgb(), "JPEG")
    return plain[:2] + b"".join(segments) + plain[2:]


def _with_scans(count: int) -> bytes:
    plain = encode_rgb(make_rgb(), "JPEG", progressive=True)
    last = plain.rindex(b"\xff\xda")
    return plain[:last] + plain[last:-2] * count + b"\xff\xd9"


@pytest.mark.parametrize("options", [{}, {"progressive": True}, {"progressive": True, "quality": 100}])
def test_ordinary_files_pass(options: dict[str, object]) -> None:
    check_segments(encode_rgb(make_rgb(300, 400), "JPEG", **options))


@pytest.mark.parametrize(
    ("within", "beyond"),
    [
        (_with_scans(MAX_SCANS - 20), _with_scans(MAX_SCANS + 1)),
        (_with_segments(*[EXIF] * MAX_EXIF_SEGMENTS), _with_segments(*[EXIF] * (MAX_EXIF_SEGMENTS + 1))),
        (
            _with_segments(*[b"\xff\xef\0\2"] * (MAX_SEGMENTS - 20)),
            _with_segments(*[b"\xff\xef\0\2"] * (MAX_SEGMENTS + 1)),
        ),
    ],
    ids=["scans", "exif", "segments"],
)
def test_floods_are_refused_and_what_is_just_within_passes(within: bytes, beyond: bytes) -> None:
    check_segments(within)
    with pytest.raises(UnreadableImage):
        check_segments(beyond)


def test_what_follows_the_picture_does_not_count() -> None:
    check_segments(encode_rgb(make_rgb(), "JPEG") + b"\xff\xda\0\2" * 1000)
    check_segments(encode_rgb(make_rgb(), "JPEG", progressive=True) + b"\xff\xda\0\2" * 1000)


@pytest.mark.parametrize(
    "data", [b"", b"\xff\xd8", b"\xff\xd8\xff\xda", b"\xff\xd8\xff\xc0\0", b"\xff\xd8\xff\xc2\0\1"]
)
def test_stumps_are_left_to_the_decoder(data: bytes) -> None:
    check_segments(data)


def test_damage_and_a_wrong_size_give_nothing() -> None:
    data = encode_rgb(make_rgb(48, 64), "JPEG")
    assert read_jpeg(data, 64, 48) is not None
    assert read_jpeg(data, 48, 64) is None
    assert read_jpeg(data[:400], 64, 48) is None
