"""What `decode` makes of formats, limits, damage and the host program's settings."""

import io
import threading

import numpy as np
import pytest
from PIL import Image

from lumiku.engine.errors import FileTooLarge, ImageTooLarge, InvalidFileType, UnreadableImage
from lumiku.engine.steps.decode import DecodeLimits, decode
from support.pictures import WRITTEN_FORMATS, encode, encode_rgb, make_rgb

LIMITS = DecodeLimits()
LOSSLESS = ("PNG", "WEBP", "TIFF", "BMP")


@pytest.mark.parametrize("file_format", WRITTEN_FORMATS)
def test_reads_every_format(file_format: str) -> None:
    rgb = make_rgb()
    picture = decode(encode_rgb(rgb, file_format), LIMITS)
    assert picture.source_format == file_format
    assert picture.rgb.shape == rgb.shape
    assert picture.rgb.dtype == np.uint8
    assert picture.rgb.flags.c_contiguous
    assert picture.rgb.flags.writeable
    assert picture.alpha is None
    assert picture.icc_profile is None
    difference = np.abs(picture.rgb.astype(int) - rgb).mean()
    assert difference == 0 if file_format in LOSSLESS else difference < 12


@pytest.mark.parametrize("options", [{}, {"progressive": True}, {"subsampling": 2}, {"quality": 40}])
def test_the_fast_way_for_jpeg_gives_what_pillow_gives(options: dict[str, object]) -> None:
    data = encode_rgb(make_rgb(101, 203), "JPEG", **options)
    assert np.array_equal(decode(data, LIMITS).rgb, np.asarray(Image.open(io.BytesIO(data))))


def test_a_jpeg_with_harmless_faults_is_read_as_pillow_reads_it() -> None:
    data = encode_rgb(make_rgb(), "JPEG")
    odd = data[:-2] + b"\x12\x34\x56" + data[-2:]
    assert np.array_equal(decode(odd, LIMITS).rgb, np.asarray(Image.open(io.BytesIO(odd))))


def test_the_first_picture_of_an_animation_is_taken() -> None:
    frames = [Image.fromarray(make_rgb(seed=seed)) for seed in range(3)]
    for file_format in ("WEBP", "PNG", "TIFF", "AVIF"):
        options = {"save_all": True, "append_images": frames[1:]}
        first = decode(encode(frames[0], file_format, **options), LIMITS).rgb
        assert np.abs(first.astype(int) - make_rgb(seed=0)).mean() < 4


def test_the_name_of_a_file_means_nothing_and_its_bytes_all() -> None:
    with pytest.raises(InvalidFileType, match="a sound file"):
        decode(b"RIFF\x24\0\0\0WAVEfmt " + bytes(40), LIMITS)
    with pytest.raises(InvalidFileType, match="PDF"):
        decode(b"%PDF-1.7\n" + encode_rgb(make_rgb(), "JPEG"), LIMITS)
    with pytest.raises(InvalidFileType, match="does not run"):
        decode(b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n%%EndComments\n", LIMITS)
    with pytest.raises(InvalidFileType, match="empty"):
        decode(b"", LIMITS)


def test_limits_on_bytes_and_pixels_are_exact() -> None:
    data = encode_rgb(make_rgb(10, 20), "PNG")
    assert decode(data, DecodeLimits(max_bytes=len(data), max_pixels=200)).width == 20
    with pytest.raises(FileTooLarge):
        decode(data, DecodeLimits(max_bytes=len(data) - 1))
    with pytest.raises(ImageTooLarge) as caught:
        decode(data, DecodeLimits(max_pixels=199))
    assert caught.value.message == "The picture has 20 x 10 pixels; the limit is 199 pixels."


@pytest.mark.parametrize("file_format", WRITTEN_FORMATS)
def test_a_file_cut_in_half_is_refused_in_one_plain_line(file_format: str) -> None:
    data = encode_rgb(make_rgb(200, 300), file_format)
    with pytest.raises(UnreadableImage) as caught:
        decode(data[: len(data) // 2], LIMITS)
    message = caught.value.message
    assert file_format in message
    assert "\n" not in message
    assert not any(word in message for word in ("PIL", "Error", "/", "0x", "decoder"))


@pytest.mark.filterwarnings("error")
def test_neither_pillow_nor_the_warnings_are_changed_for_the_host_program() -> None:
    heif = encode_rgb(make_rgb(), "HEIF")
    before = (Image.MAX_IMAGE_PIXELS, set(Image.OPEN) & {"HEIF"}, Image.OPEN.get("AVIF"))
    decode(heif, LIMITS)
    decode(encode_rgb(make_rgb(), "TIFF"), LIMITS)
    assert before == (Image.MAX_IMAGE_PIXELS, set(Image.OPEN) & {"HEIF"}, Image.OPEN.get("AVIF"))


def test_a_limit_above_pillows_own_is_obeyed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 50)
    assert decode(encode_rgb(make_rgb(30, 40), "PNG"), LIMITS).width == 40


def test_threads_do_not_disturb_each_other() -> None:
    files = {name: encode_rgb(make_rgb(60, 80), name) for name in WRITTEN_FORMATS}
    alone = {name: decode(data, LIMITS).rgb for name, data in files.items()}
    wrong: list[str] = []

    def work() -> None:
        for name, data in files.items():
            if not np.array_equal(decode(data, LIMITS).rgb, alone[name]):
                wrong.append(name)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_a_slow_format_has_a_lower_limit() -> None:
    with pytest.raises(ImageTooLarge, match="this kind of QOI file"):
        decode(b"qoif" + (2000).to_bytes(4, "big") * 2 + b"\x04\0" + bytes(100), LIMITS)
