"""What a worker and its engine processes say to each other."""

import asyncio
import io
import json
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lumiku.worker.frames import BadFrame, Frame, pack, read_frame, read_frame_from


async def read(data: bytes) -> Frame:
    stream = asyncio.StreamReader()
    stream.feed_data(data)
    stream.feed_eof()
    return await read_frame(stream)


@given(st.dictionaries(st.text(), st.integers() | st.text()), st.lists(st.binary(max_size=200), max_size=4))
async def test_what_is_said_is_heard(header: dict[str, object], blobs: list[bytes]) -> None:
    header.pop("sizes", None)
    data = b"".join(pack(header, blobs))
    assert await read(data) == (header, blobs)
    assert read_frame_from(io.BytesIO(data)) == (header, blobs)


@given(st.binary(max_size=60))
async def test_nonsense_is_an_end_or_a_bad_frame(data: bytes) -> None:
    with pytest.raises((BadFrame, asyncio.IncompleteReadError)):
        await read(data)
    with pytest.raises((BadFrame, EOFError)):
        read_frame_from(io.BytesIO(data))


@pytest.mark.parametrize(
    "head",
    [
        {},
        {"sizes": 3},
        {"sizes": [-1]},
        {"sizes": ["4"]},
        {"sizes": [2**31]},
        {"sizes": [2**29, 2**29, 2**29]},
        ["sizes"],
        "sizes",
    ],
)
async def test_sizes_that_make_no_sense_are_refused_before_anything_is_read(head: object) -> None:
    text = json.dumps(head).encode()
    with pytest.raises(BadFrame):
        await read(struct.pack(">I", len(text)) + text)
    with pytest.raises(BadFrame):
        await read(struct.pack(">I", 2**31) + text)
