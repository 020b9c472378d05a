"""Files that want to crash, hang or fill a decoder, each with the codes it may be refused with."""

import struct
import zlib
from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np
from PIL import Image

from support.pictures import encode, encode_rgb, make_rgb

DAMAGED = ("UNREADABLE_IMAGE",)
TOO_LARGE = ("IMAGE_TOO_LARGE",)
NO_PICTURE = ("INVALID_FILE_TYPE",)
FINE = ("ok",)
# Where the outcome is the decoder's own affair: only a crash, a hang or a hog is a fault.
ANY = FINE + DAMAGED + TOO_LARGE + NO_PICTURE


class BadPicture(NamedTuple):
    name: str
    data: bytes
    codes: tuple[str, ...]


def png_chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def png(
    width: int, height: int, *chunks: bytes, depth: int = 8, colour: int = 2, pixels: bytes = b""
) -> bytes:
    header = png_chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0))
    body = png_chunk(
        b"IDAT", pixels or zlib.compress(bytes(height * (width * 3 + 1)) if height < 5000 else b"")
    )
    return b"\x89PNG\r\n\x1a\n" + header + b"".join(chunks) + body + png_chunk(b"IEND", b"")


def tiff(entries: list[tuple[int, int, int, int]], rest: bytes = b"", next_ifd: int = 0) -> bytes:
    """A little-endian TIFF: one directory of (tag, type, count, value or offset) at 8, then `rest`."""
    packed = b"".join(struct.pack("<HHII", *entry) for entry in sorted(entries))
    return b"II*\0" + struct.pack("<IH", 8, len(entries)) + packed + struct.pack("<I", next_ifd) + rest


def tiff_size(
    width: int, height: int, compression: int = 1, bits: int = 8
) -> list[tuple[int, int, int, int]]:
    return [
        (256, 4, 1, width),
        (257, 4, 1, height),
        (258, 3, 1, bits),
        (259, 3, 1, compression),
        (262, 3, 1, 1),
        (277, 3, 1, 1),
        (278, 4, 1, height),
    ]


def _strip_tiff(width: int, height: int, compression: int, strip: bytes, bits: int = 8) -> bytes:
    entries = [*tiff_size(width, height, compression, bits), (273, 4, 1, 0), (279, 4, 1, len(strip))]
    offset = 8 + 2 + 12 * len(entries) + 4
    entries[-2] = (273, 4, 1, offset)
    return tiff(entries, strip)


def _gif(width: int, height: int, frame: tuple[int, int], extension: bytes = b"") -> bytes:
    head = b"GIF89a" + struct.pack("<HHBBB", width, height, 0x80, 0, 0) + bytes(6)
    picture = b"," + struct.pack("<HHHHB", 0, 0, *frame, 0) + b"\x02\x02\x4c\x01\x00"
    return head + extension + picture + b";"


def _jpeg(*segments: bytes, width: int = 64, height: int = 48, **options: object) -> bytes:
    plain = encode_rgb(make_rgb(height, width), "JPEG", **options)
    return plain[:2] + b"".join(segments) + plain[2:]


def _jpeg_segment(marker: int, content: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(content) + 2) + content


def _jpeg_with_size(width: int, height: int) -> bytes:
    plain = bytearray(encode_rgb(make_rgb(), "JPEG"))
    start = plain.index(b"\xff\xc0") + 5
    plain[start : start + 4] = struct.pack(">HH", height, width)
    return bytes(plain)


def _scans_bomb(count: int) -> bytes:
    """A progressive JPEG of 4 megapixels that repeats its last, nearly empty scan."""
    grey = Image.new("L", (2048, 2048), 128)
    plain = encode(grey, "JPEG", progressive=True, subsampling=-1)
    last = plain.rindex(b"\xff\xda")
    return plain[:-2] + plain[last:-2] * count + b"\xff\xd9"


def _large_sizes() -> Iterator[BadPicture]:
    yield BadPicture("png_50k_header", png(50_000, 50_000), TOO_LARGE)
    yield BadPicture("png_2g_header", png(2**31 - 1, 2**31 - 1), TOO_LARGE)
    yield BadPicture("jpeg_65k_header", _jpeg_with_size(65_500, 65_500), TOO_LARGE)
    yield BadPicture("jpeg_tall_header_no_data", _jpeg_with_size(700, 65_000), ANY)
    yield BadPicture("gif_65k_canvas", _gif(65_535, 65_535, (1, 1)), TOO_LARGE)
    yield BadPicture("gif_65k_frame_on_1x1", _gif(1, 1, (65_535, 65_535)), TOO_LARGE)
    yield BadPicture("gif_30k_frame_on_1x1", _gif(1, 1, (30_000, 4_000)), TOO_LARGE)
    yield BadPicture("tiff_50k_header", _strip_tiff(50_000, 50_000, 1, b"x"), TOO_LARGE)
    yield BadPicture(
        "tiff_deflate_bomb", _strip_tiff(60_000, 60_000, 8, zlib.compress(bytes(20_000_000))), TOO_LARGE
    )
    yield BadPicture(
        "tiff_deflate_overlong_strip", _strip_tiff(8, 8, 8, zlib.compress(bytes(300_000_000))), ANY
    )
    yield BadPicture("tiff_lzw_garbage", _strip_tiff(5_000, 5_000, 5, b"\x80\0" * 5_000), DAMAGED)
    yield BadPicture("tiff_zstd_garbage", _strip_tiff(5_000, 5_000, 50_000, bytes(5_000)), DAMAGED)
    tiles = [*tiff_size(8, 8, 8), (322, 4, 1, 60_000), (323, 4, 1, 60_000), (324, 4, 1, 8), (325, 4, 1, 8)]
    yield BadPicture("tiff_tile_60k", tiff(tiles), DAMAGED + TOO_LARGE)
    yield BadPicture(
        "bmp_50k_header",
        b"BM" + bytes(8) + struct.pack("<IIiiHH", 54, 40, 50_000, 50_000, 1, 24) + bytes(24),
        TOO_LARGE,
    )
    webp = bytearray(encode_rgb(make_rgb(), "WEBP", exif=b"Exif\0\0MM\0*\0\0\0\x08\0\0"))
    webp[24:30] = b"\xff\x3e\0\xff\x3e\0"
    yield BadPicture("webp_16k_canvas", bytes(webp), TOO_LARGE)
    for file_format in ("AVIF", "HEIF"):
        data = encode_rgb(make_rgb(), file_format)
        yield BadPicture(
            f"{file_format.lower()}_60k_ispe",
            data.replace(struct.pack(">II", 64, 48), struct.pack(">II", 60_000, 60_000)),
            ANY,
        )
        yield BadPicture(
            f"{file_format.lower()}_7k_ispe",
            data.replace(struct.pack(">II", 64, 48), struct.pack(">II", 7_000, 7_000)),
            ANY,
        )
    inner = png(13_000, 13_000)
    ico = struct.pack("<HHHBBBBHHII", 0, 1, 1, 1, 1, 0, 0, 1, 32, len(inner), 22) + inner
    yield BadPicture("ico_with_13k_png", ico, DAMAGED + TOO_LARGE)
    yield BadPicture(
        "qoi_50k_header", b"qoif" + struct.pack(">IIBB", 50_000, 50_000, 4, 0) + bytes(100), TOO_LARGE
    )
    yield BadPicture("ppm_50k_header", b"P6\n50000 50000\n255\n", TOO_LARGE)
    yield BadPicture(
        "psd_30k_header",
        b"8BPS\0\x01" + bytes(6) + struct.pack(">HIIHH", 3, 30_000, 30_000, 8, 3) + bytes(14),
        TOO_LARGE,
    )


def _metadata() -> Iterator[BadPicture]:
    zeros = zlib.compress(bytes(200_000_000), 9)
    yield BadPicture("png_iccp_bomb", png(4, 4, png_chunk(b"iCCP", b"x\0\0" + zeros)), ANY)
    yield BadPicture("png_ztxt_bomb", png(4, 4, png_chunk(b"zTXt", b"x\0\0" + zeros)), ANY)
    text = png_chunk(b"zTXt", b"x\0\0" + zlib.compress(bytes(1_000_000)))
    yield BadPicture("png_ztxt_flood", png(4, 4, text * 2_000), ANY)
    yield BadPicture("png_chunk_flood", png(4, 4, png_chunk(b"teSt", b"") * 4_000_000), DAMAGED)
    yield BadPicture(
        "png_exif_30_mb", png(4, 4, png_chunk(b"eXIf", b"II*\0\x08\0\0\0" + bytes(30_000_000))), ANY
    )
    values = struct.pack("<HHHII", 1, 0x0112, 3, 20_000_000, 26) + bytes(40_000_100)
    yield BadPicture(
        "png_exif_20m_orientations", png(4, 4, png_chunk(b"eXIf", b"II*\0\x08\0\0\0" + values)), FINE
    )
    yield BadPicture(
        "tiff_20m_orientations",
        tiff([*tiff_size(4, 4), (274, 3, 20_000_000, 8), (273, 4, 1, 8)], bytes(40_000_100)),
        DAMAGED,
    )
    yield BadPicture(
        "tiff_10m_strips",
        tiff(
            [*tiff_size(1, 9_999_999), (273, 4, 9_999_999, 200), (279, 4, 9_999_999, 200)], bytes(40_000_300)
        ),
        DAMAGED,
    )
    flood = [(30_000 + tag, 7, 20_000_000, 8) for tag in range(30_000)]
    yield BadPicture("tiff_overlapping_tags", tiff([*tiff_size(4, 4), *flood], bytes(20_000_100)), ANY)
    yield BadPicture(
        "tiff_cyclic_ifd",
        tiff([*tiff_size(4, 4), (273, 4, 1, 8), (279, 4, 1, 16)], bytes(32), next_ifd=8),
        ANY,
    )
    yield BadPicture(
        "tiff_exif_ifd_is_itself",
        tiff(
            [*tiff_size(4, 4), (273, 4, 1, 8), (34_665, 4, 1, 8), (34_853, 4, 1, 8), (40_965, 4, 1, 8)],
            bytes(32),
        ),
        ANY,
    )
    yield BadPicture(
        "tiff_65535_samples",
        tiff([*(e for e in tiff_size(4, 4) if e[0] != 277), (277, 3, 1, 65_535), (273, 4, 1, 8)], bytes(99)),
        DAMAGED,
    )
    yield BadPicture("tiff_no_tags", tiff([]), DAMAGED)
    yield BadPicture("tiff_ifd_beyond_end", b"II*\0\xff\xff\xff\x7f", DAMAGED)
    exif = _jpeg_segment(0xE1, b"Exif\0\0MM\0*\0\0\0\x08" + bytes(65_000))
    yield BadPicture("jpeg_1000_exif_segments", _jpeg(exif * 1_000), DAMAGED)
    cyclic = b"Exif\0\0" + tiff([(0x0112, 3, 1, 6), (0x8769, 4, 1, 8), (0x8825, 4, 1, 8)], next_ifd=8)
    yield BadPicture("jpeg_cyclic_exif", _jpeg(_jpeg_segment(0xE1, cyclic)), FINE)
    yield BadPicture("jpeg_garbage_exif", _jpeg(_jpeg_segment(0xE1, b"Exif\0\0" + bytes(range(256)))), FINE)
    yield BadPicture("jpeg_segment_flood", _jpeg(_jpeg_segment(0xEF, b"") * 8_000_000), DAMAGED)
    yield BadPicture(
        "jpeg_icc_flood", _jpeg(_jpeg_segment(0xE2, b"ICC_PROFILE\0\x01\xff" + bytes(60_000)) * 255), FINE
    )
    yield BadPicture("jpeg_fill_flood", b"\xff\xd8" + b"\xff" * 20_000_000 + b"\0", DAMAGED)
    marks = encode_rgb(make_rgb(), "AVIF") + b"II*\0\x08\0\0\0\0\0" * 2_000_000
    yield BadPicture("avif_tiff_mark_flood", marks, DAMAGED)
    overlay = b"\0\0\0\x14ftypheic\0\0\0\0mif1" + b"\0\0\0\x15infe\x02\0\0\0\0\x01\0\0iovl\0"
    yield BadPicture("heif_overlay", overlay, DAMAGED)
    yield BadPicture("jpeg_garbage_icc", _jpeg(icc_profile=bytes(range(256)) * 9), FINE)
    yield BadPicture("jpeg_2000_scans", _scans_bomb(2_000), DAMAGED)
    block = b"\xff" + bytes(255)
    yield BadPicture("gif_comment_25_mb", _gif(4, 4, (4, 4), b"!\xfe" + block * 100_000 + b"\0"), ANY)
    yield BadPicture("gif_extension_flood", _gif(4, 4, (4, 4), b"!\xf0\x01x\0" * 4_000_000), ANY)
    frames = b"".join(
        b"," + struct.pack("<HHHHB", 0, 0, 4, 4, 0) + b"\x02\x02\x4c\x01\x00" for _ in range(200_000)
    )
    yield BadPicture("gif_200k_frames", _gif(4, 4, (4, 4))[:-1] + frames + b";", ANY)
    yield BadPicture("ppm_endless_comment", b"P6\n#" + b"x" * 25_000_000, NO_PICTURE + DAMAGED)
    yield BadPicture("xpm_endless", b"/* XPM */\n" + b"//\n" * 8_000_000, NO_PICTURE + DAMAGED)
    yield BadPicture("jp2_box_flood", b"\0\0\0\x0cjP  \r\n\x87\n" + b"\0\0\0\x08free" * 3_000_000, DAMAGED)
    yield BadPicture(
        "icns_block_flood",
        b"icns" + struct.pack(">I", 24_000_008) + b"abcd\0\0\0\x08" * 3_000_000,
        DAMAGED + NO_PICTURE,
    )


def _odd_sizes() -> Iterator[BadPicture]:
    for file_format in ("JPEG", "PNG", "WEBP", "AVIF", "TIFF", "GIF", "BMP"):
        yield BadPicture(f"1x1_{file_format}", encode_rgb(make_rgb(1, 1), file_format), FINE)
    for file_format in ("JPEG", "PNG", "TIFF", "GIF", "BMP"):
        yield BadPicture(f"1x20000_{file_format}", encode_rgb(make_rgb(1, 20_000), file_format), FINE)
        yield BadPicture(f"20000x1_{file_format}", encode_rgb(make_rgb(20_000, 1), file_format), FINE)
    yield BadPicture("png_0x0", png(0, 0), DAMAGED)
    yield BadPicture("gif_0x0", _gif(0, 0, (0, 0)), DAMAGED)
    yield BadPicture("jpeg_0x0", _jpeg_with_size(0, 0), DAMAGED)
    for value in (np.nan, np.inf, -np.inf, 1e38, -1e38):
        floats = np.full((4, 4), value, np.float32)
        yield BadPicture(f"tiff_float_{value}", encode(Image.fromarray(floats), "TIFF"), FINE)
    mixed = np.array([[np.nan, np.inf, -np.inf, 0.5], [1e38, -1e38, 0, 1]], np.float32)
    yield BadPicture("tiff_float_mixed", encode(Image.fromarray(mixed), "TIFF"), FINE)


def _impostors() -> Iterator[BadPicture]:
    jpeg, gif = encode_rgb(make_rgb(), "JPEG"), encode_rgb(make_rgb(), "GIF")
    yield BadPicture("empty", b"", NO_PICTURE)
    yield BadPicture("one_byte", b"\xff", NO_PICTURE)
    yield BadPicture("wav_named.webp", b"RIFF\x24\0\0\0WAVEfmt \x10\0\0\0\1\0\1\0" + bytes(40), NO_PICTURE)
    yield BadPicture("text.png", b"This is not a picture at all.\n" * 50, NO_PICTURE)
    yield BadPicture("zeros.jpg", bytes(100_000), NO_PICTURE)
    yield BadPicture("html.jpg", b"<!DOCTYPE html><html><body>404</body></html>", NO_PICTURE)
    yield BadPicture("svg", b'<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"/>', NO_PICTURE)
    yield BadPicture(
        "eps", b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n%%EndComments\nshowpage\n", NO_PICTURE
    )
    yield BadPicture(
        "eps_dos", b"\xc5\xd0\xd3\xc6" + struct.pack("<II", 32, 20) + bytes(20) + b"%!PS\n", NO_PICTURE
    )
    yield BadPicture("wmf", b"\xd7\xcd\xc6\x9a\0\0" + bytes(60), NO_PICTURE)
    yield BadPicture("emf", b"\1\0\0\0" + bytes(36) + b" EMF" + bytes(60), NO_PICTURE)
    yield BadPicture(
        "iptc_with_eps_inside",
        b"\x1c\x03\x14\0\x01\x01\x1c\x03\x3c\0\x02\x01\x01\x1c\x08\x0a\0\x10%!PS-Adobe-3.0\n\n",
        NO_PICTURE,
    )
    yield BadPicture("pdf_with_jpeg", b"%PDF-1.7\n1 0 obj\nstream\n" + jpeg + b"\nendstream", NO_PICTURE)
    yield BadPicture("zip", b"PK\x03\x04" + jpeg, NO_PICTURE)
    yield BadPicture("mp4.heic", b"\0\0\0\x18ftypisom\0\0\0\0isomiso2" + bytes(100), NO_PICTURE)
    yield BadPicture("jpeg_then_zip", jpeg + b"PK\x03\x04" + bytes(50_000), FINE)
    yield BadPicture("gif_and_script", gif.replace(b"GIF89a", b"GIF89a") + b"*/=1;alert(1)", FINE)
    yield BadPicture("svg_look_alike_of_comments", b"<?xml?>" + b"<!---->" * 140 + b"x", NO_PICTURE)
    yield BadPicture("jpeg_named_nothing", jpeg, FINE)


def _damaged() -> Iterator[BadPicture]:
    for file_format in ("JPEG", "PNG", "WEBP", "AVIF", "HEIF", "TIFF", "GIF", "BMP"):
        data = encode_rgb(make_rgb(200, 300), file_format)
        yield from (
            BadPicture(
                f"{file_format}_cut_at_{tenth}0_percent",
                data[: len(data) * tenth // 10],
                DAMAGED + NO_PICTURE,
            )
            for tenth in range(1, 10)
        )
    progressive = encode_rgb(make_rgb(200, 300), "JPEG", progressive=True)
    yield BadPicture("jpeg_progressive_cut", progressive[: len(progressive) // 2], DAMAGED)
    deflated = encode_rgb(make_rgb(200, 300), "TIFF", compression="tiff_deflate")
    yield BadPicture("tiff_deflate_cut", deflated[: len(deflated) // 2], DAMAGED)
    palette = encode(Image.fromarray(make_rgb()).quantize(8), "PNG")
    yield BadPicture("png_palette_crc", palette.replace(b"PLTE", b"PLTF"), DAMAGED)


MAKERS: tuple[Callable[[], Iterator[BadPicture]], ...] = (
    _large_sizes,
    _metadata,
    _odd_sizes,
    _impostors,
    _damaged,
)


def bad_pictures() -> Iterator[BadPicture]:
    """All of them, one at a time: some are tens of megabytes."""
    for maker in MAKERS:
        yield from maker()
