"""Colour profiles in JPEG files, as the ICC specification's annex B.4 lays them out."""

from lumiku.engine.errors import InvalidOption

_START = b"\xff\xd8"
_APP0 = 0xE0
_APP2 = b"\xff\xe2"
_NAME = b"ICC_PROFILE\0"
# A marker segment holds 65,535 bytes: 2 of length, the name, two counters, the rest is profile.
_PART_BYTES = 65535 - 2 - len(_NAME) - 2
_MAX_PARTS = 255


def embed_profile(jpeg: bytes, icc_profile: bytes | None) -> bytes:
    """Insert a profile behind the JFIF header of a JPEG that has none.

    Args:
        jpeg: a whole file.
        icc_profile: what to embed; None or empty changes nothing.

    Raises:
        InvalidOption: the profile is larger than a JPEG can hold (16 MB).
    """
    if not icc_profile:
        return jpeg
    parts = [icc_profile[start : start + _PART_BYTES] for start in range(0, len(icc_profile), _PART_BYTES)]
    if len(parts) > _MAX_PARTS:
        raise InvalidOption("The colour profile is too large for JPEG.", option="format")
    segments = [
        _APP2 + (len(_NAME) + 4 + len(part)).to_bytes(2, "big") + _NAME + bytes((number, len(parts))) + part
        for number, part in enumerate(parts, start=1)
    ]
    place = len(_START)
    if jpeg[place + 1] == _APP0:
        place += 2 + int.from_bytes(jpeg[place + 2 : place + 4], "big")
    return b"".join((jpeg[:place], *segments, jpeg[place:]))
