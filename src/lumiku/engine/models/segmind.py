"""Segmind's background removal: JSON with the picture in base64 goes out, the cut-out's own bytes come back.

Source: https://www.segmind.com/models/bg-removal/api (the synchronous `POST /v1/bg-removal`).
"""

import base64
import json

from lumiku.engine.models.answer import alpha_of
from lumiku.engine.models.provider import Provider


def _encode(jpeg: bytes) -> tuple[str, bytes]:
    # "object" is the method of the service's own examples.
    request = {"image": base64.b64encode(jpeg).decode("ascii"), "method": "object"}
    return "application/json", json.dumps(request).encode("ascii")


SEGMIND = Provider(
    label="Segmind",
    key_field="segmind_key",
    endpoint_field="segmind_endpoint",
    key_headers=lambda key: {"x-api-key": key, "Accept": "image/png"},
    encode=_encode,
    decode=alpha_of,
)
