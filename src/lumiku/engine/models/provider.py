"""What tells one remote provider from another: how its key, its request and its answer look."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from lumiku.engine.types import F32


@dataclass(frozen=True, slots=True)
class Provider:
    """One remote service.

    Attributes:
        label: its name for people.
        key_field: the field of EngineSettings that holds its key.
        endpoint_field: the field of EngineSettings that replaces the catalogue's address.
        key_headers: the headers that carry the key.
        encode: JPEG bytes to (content type, body).
        decode: (body, height, width of the picture sent) to the matte, hxw float32 in [0, 1]; raises NoMatte.
    """

    label: str
    key_field: str
    endpoint_field: str
    key_headers: Callable[[str], Mapping[str, str]]
    encode: Callable[[bytes], tuple[str, bytes]]
    decode: Callable[[bytes, int, int], F32]
