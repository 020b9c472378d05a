"""Hugging Face inference, image segmentation: the JPEG goes out as it is, masks in base64 come back.

Source: https://huggingface.co/docs/inference-providers/tasks/image-segmentation
"""

import base64
import binascii

from lumiku.engine.models.answer import NoMatte, alpha_of, json_of, mask_of
from lumiku.engine.models.provider import Provider
from lumiku.engine.types import F32


def _encode(jpeg: bytes) -> tuple[str, bytes]:
    return "image/jpeg", jpeg


def _decode(body: bytes, height: int, width: int) -> F32:
    """Read `[{"label", "score", "mask"}]`; endpoints of one's own may also answer with the cut-out itself."""
    if body.lstrip()[:1] not in {b"[", b"{"}:
        return alpha_of(body, height, width)
    segments = json_of(body)
    if not isinstance(segments, list):
        raise NoMatte("JSON that holds no list of masks")
    # More than one segment beside the background would leave us to guess which is the subject.
    subjects = [segment for segment in segments if not _is_background(segment)]
    if len(subjects) != 1:
        raise NoMatte(f"{len(subjects)} masks where one is expected")
    return mask_of(_mask_bytes(subjects[0]), height, width)


def _is_background(segment: object) -> bool:
    return isinstance(segment, dict) and str(segment.get("label")).lower() == "background"


def _mask_bytes(segment: object) -> bytes:
    mask = segment.get("mask") if isinstance(segment, dict) else None
    if not isinstance(mask, str):
        raise NoMatte("JSON that holds no mask")
    encoded = mask.partition(",")[2] if mask.startswith("data:image/") else mask
    try:
        return base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        raise NoMatte("a mask that is not base64") from None


HUGGINGFACE = Provider(
    label="Hugging Face",
    key_field="huggingface_token",
    endpoint_field="huggingface_endpoint",
    key_headers=lambda token: {"Authorization": f"Bearer {token}", "Accept": "application/json, image/png"},
    encode=_encode,
    decode=_decode,
)
