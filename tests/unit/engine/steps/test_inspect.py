"""Reading a file through: what `inspect` takes, `decode` takes, with the same size."""

import pytest
from PIL import Image

from lumiku.engine.errors import FileTooLarge, ImageTooLarge, InvalidFileType, UnreadableImage
from lumiku.engine.steps.decode import DecodeLimits, decode
from lumiku.engine.steps.inspect import PUBLIC_FORMATS, PictureFacts, inspect
from support.pictures import encode, encode_rgb, make_rgb

LIMITS = DecodeLimits()


@pytest.mark.parametrize("file_format", PUBLIC_FORMATS)
@pytest.mark.parametrize("size", [(48, 64), (1, 1), (7, 9)])
def test_every_public_format_is_known_with_its_size(file_format: str, size: tuple[int, int]) -> None:
    height, width = size
    facts = inspect(encode_rgb(make_rgb(height, width), file_format), LIMITS)
    assert facts == PictureFacts(file_format, width, height)


@pytest.mark.parametrize("file_format", ["JPEG", "PNG", "WEBP", "TIFF"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_the_size_is_that_of_the_upright_picture(file_format: str, orientation: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    data = encode(Image.fromarray(make_rgb()), file_format, exif=exif)
    picture = decode(data, LIMITS)
    facts = inspect(data, LIMITS)
    assert (facts.width, facts.height) == (picture.width, picture.height)


@pytest.mark.parametrize("mode", ["L", "RGB", "CMYK"])
@pytest.mark.parametrize("progressive", [False, True])
def test_jpegs_of_every_kind(mode: str, progressive: bool) -> None:
    data = encode(
        Image.fromarray(make_rgb(100, 130)).convert(mode), "JPEG", progressive=progressive, subsampling=2
    )
    assert inspect(data, LIMITS) == PictureFacts("JPEG", 130, 100)


@pytest.mark.parametrize("file_format", ["JPEG", "PNG", "WEBP", "AVIF", "TIFF", "GIF", "BMP"])
def test_a_file_cut_short_is_refused_as_decode_refuses_it(file_format: str) -> None:
    data = encode_rgb(make_rgb(200, 200), file_format)
    cut = data[: len(data) * 2 // 3]
    with pytest.raises(UnreadableImage):
        decode(cut, LIMITS)
    with pytest.raises(UnreadableImage):
        inspect(cut, LIMITS)


def test_what_is_over_the_limits_is_refused() -> None:
    data = encode_rgb(make_rgb(), "PNG")
    with pytest.raises(FileTooLarge):
        inspect(data, DecodeLimits(max_bytes=len(data) - 1))
    with pytest.raises(ImageTooLarge):
        inspect(data, DecodeLimits(max_pixels=48 * 64 - 1))
    inspect(data, DecodeLimits(max_bytes=len(data), max_pixels=48 * 64))


@pytest.mark.parametrize("file_format", ["ICO", "PPM", "TGA", "JPEG2000"])
def test_formats_that_only_the_library_reads_are_refused(file_format: str) -> None:
    data = encode_rgb(make_rgb(), file_format)
    decode(data, LIMITS)
    with pytest.raises(InvalidFileType):
        inspect(data, LIMITS)
