"""Which picture formats are read, how a file's format is told by its bytes, and how its header is opened."""

import re
from collections.abc import Callable
from functools import cache

from PIL import Image, JpegImagePlugin
from PIL.ImageFile import ImageFile

from lumiku.engine.errors import ImageTooLarge, InvalidFileType, UnreadableImage
from lumiku.engine.steps.jpeg import check_segments
from lumiku.engine.steps.patience import OutOfPatience, TimedBytes, check_embedded_tags, check_tags
from lumiku.engine.steps.quiet import silence_decoders

# Left out by decision: EPS (Ghostscript interprets a program), WMF/EMF, BUFR, GRIB and HDF5 (need a handler
# that the host program installs), IPTC (opens any format inside itself, EPS too) and MPEG (never decoded).
# The first eight are the product's own; a format stands before those whose signature is weaker.
SIGNED_FORMATS = (
    *("JPEG", "PNG", "WEBP", "AVIF", "GIF", "TIFF", "BMP", "JPEG2000"),
    *("PSD", "ICO", "ICNS", "CUR", "DDS", "QOI", "PPM", "SGI", "SUN", "FITS", "BLP", "FTEX", "GBR", "XPM"),
    *("XBM", "XVTHUMB", "DCX", "MSP", "MCIDAS", "PIXAR", "FLI", "PCX", "DIB"),
)
UNSIGNED_FORMATS = ("IM", "IMT", "PCD", "SPIDER", "TGA")

# Before Pillow sees the file: it reads these formats' metadata as soon as it opens them.
_METADATA_CHECKS: dict[str, Callable[[bytes], None]] = {
    "JPEG": check_segments,
    "TIFF": check_tags,
    "AVIF": check_embedded_tags,
}

_HEIF = re.compile(rb".{4}ftyp(?:hei|hev|mif|msf)", re.S)
# An item that is built of others (ISO/IEC 23008-12): a thousand references to one large picture would each be
# decoded, by code that nothing can interrupt. Cameras do not write it.
_HEIF_OVERLAY = re.compile(rb"infe.{8,10}iovl", re.S)

# What people send by mistake, named so that the message helps.
_OTHER_TYPES: tuple[tuple[re.Pattern[bytes], str], ...] = (
    (re.compile(rb"%PDF-"), "a PDF document"),
    (re.compile(rb"%!PS|\xc5\xd0\xd3\xc6"), "PostScript, a program that Lumiku does not run"),
    (re.compile(rb"\xd7\xcd\xc6\x9a|\x01\0\0\0.{36} EMF", re.S), "a Windows metafile"),
    (re.compile(rb"(?:\xef\xbb\xbf)?\s*<(?:svg|[?!][^\0]{0,900}<svg)"), "an SVG drawing"),
    (re.compile(rb"\s*<(?:!doctype html|html)", re.I), "a web page"),
    (re.compile(rb"RIFF.{4}WAVE|ID3|OggS|fLaC", re.S), "a sound file"),
    (re.compile(rb"RIFF.{4}AVI |.{4}ftyp(?:isom|mp4|qt|M4V)|\x1a\x45\xdf\xa3", re.S), "a video"),
    (re.compile(rb"PK\x03\x04|\x1f\x8b|7z\xbc\xaf|Rar!"), "an archive"),
    (re.compile(rb"\x76\x2f\x31\x01"), "an OpenEXR picture"),
)


def open_header(data: bytes) -> ImageFile:
    """Open the picture without decoding its pixels.

    The plugins are called one by one rather than through `Image.open`, so that only the formats named above
    are tried, and the host program's limit on pixels and its warning do not matter.

    Args:
        data: the whole file.

    Returns:
        An image whose size, mode and metadata are known and whose pixels are not loaded.

    Raises:
        InvalidFileType: no format that is read begins like this.
        UnreadableImage: the format is known, but its header is damaged.
        ImageTooLarge: the header's size is far above any limit.
    """
    if not data:
        raise InvalidFileType("The file is empty.")
    silence_decoders()
    Image.preinit()
    prefix = data[:16].ljust(16, b"\0")
    claimed: str | None = None
    for name in SIGNED_FORMATS:
        if name not in Image.OPEN:
            _load_plugins()
        # A later Pillow may have dropped a rare format.
        factory, accept = Image.OPEN.get(name, (None, None))
        if accept is None or accept(prefix) is not True:
            continue
        claimed = claimed or name
        if check := _METADATA_CHECKS.get(name):
            check(data)
        if image := _try_open(JpegImagePlugin.JpegImageFile if name == "JPEG" else factory, data):
            return image
    if _HEIF.match(prefix):
        claimed = claimed or "HEIF"
        check_embedded_tags(data)
        if _HEIF_OVERLAY.search(data):
            raise UnreadableImage("The HEIF picture is an overlay, which is not supported.", format="HEIF")
        if image := _try_open(_heif_opener(), data):
            return image
    _refuse_other_types(data)
    for name in UNSIGNED_FORMATS:
        if name in Image.OPEN and (image := _try_open(Image.OPEN[name][0], data)):
            return image
    if claimed is None:
        raise InvalidFileType("The file is not a picture in a format that Lumiku reads.")
    raise UnreadableImage(
        f"The {claimed} picture's header is damaged or uses an unknown variant.", format=claimed
    )


def _try_open(factory: object, data: bytes) -> ImageFile | None:
    try:
        return factory(TimedBytes(data), "")  # type: ignore[operator, no-any-return]
    except Image.DecompressionBombError as error:
        raise ImageTooLarge("The picture has far more pixels than the limit.") from error
    except OutOfPatience as error:
        raise UnreadableImage("The picture's metadata is far too large.") from error
    except MemoryError as error:
        raise ImageTooLarge("The picture's header needs more memory than there is.") from error
    except Exception:  # plugins fail on damaged headers in every way there is
        return None


def _refuse_other_types(data: bytes) -> None:
    for pattern, what in _OTHER_TYPES:
        if pattern.match(data[:1024]):
            raise InvalidFileType(f"The file is {what}, not a picture in a format that Lumiku reads.")


@cache
def _load_plugins() -> None:
    # A tenth of a second that JPEG and PNG files do not need.
    Image.init()


@cache
def _heif_opener() -> type[ImageFile]:
    # Used directly: registering it would change what the host program's own Image.open reads.
    from pi_heif import HeifImageFile  # noqa: PLC0415  8 MB of codec that most runs never need

    return HeifImageFile  # type: ignore[no-any-return]
