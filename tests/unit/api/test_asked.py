"""Bodies that are no forms: read as they should be, in memory that is in proportion to their length."""

import tracemalloc
from urllib.parse import urlencode

import pytest
from starlette.requests import Request

from lumiku.api.asked import parse_fields, texts
from lumiku.core.errors import InvalidInput

JSON = "application/json"
LINE = "application/x-www-form-urlencoded"


def _request(kind: str) -> Request:
    return Request({"type": "http", "headers": [(b"content-type", kind.encode())]})


def _peak_bytes(kind: str, body: bytes) -> int:
    tracemalloc.start()
    try:
        found = parse_fields(_request(kind), body).take("images")
        texts(found, "images", 500)
        return tracemalloc.get_traced_memory()[1]
    except InvalidInput:
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    ("kind", "head", "repeated", "tail"),
    [
        (JSON, b'{"images": [', b"[],", b"[]]}"),
        (JSON, b'{"images": [', b"{},", b"{}]}"),
        (JSON, b'{"images": "', b"aa ", b'"}'),
        (JSON, b'{"images": "[', b"[],", b'[]]"}'),
        (LINE, b"images=", b"%41", b""),
        (LINE, b"images=", b"%2Bab+" + b"a" * 30, b""),
        (LINE, b"images=", b"aa+", b""),
        (LINE, b"", b"a=&", b""),
    ],
)
def test_no_body_takes_many_times_its_length(kind: str, head: bytes, repeated: bytes, tail: bytes) -> None:
    body = head + repeated * 100_000 + tail
    assert _peak_bytes(kind, body) < 6 * len(body)


def test_fields_in_a_line_are_read_as_browsers_write_them() -> None:
    given = {"name": "Kätzchen & Hund +1 %41 猫" * 5000, "image": "ab+/" * 50_000 + "==", "empty": ""}
    fields = parse_fields(_request(LINE), urlencode(given).encode() + b"&&bare&bad=%F%zz%ff")
    assert fields.values == {**given, "bare": "", "bad": "%F%zz\N{REPLACEMENT CHARACTER}"}


def test_as_many_addresses_as_a_batch_has_may_hold_commas() -> None:
    urls = [f"https://example.org/w_300,h_200,c_fill,q_auto/{number}.jpg" for number in range(500)]
    body = ('{"imageUrls": ["' + '", "'.join(urls) + '"]}').encode()
    assert texts(parse_fields(_request(JSON), body).take("imageUrls"), "imageUrls", 500) == urls
    assert len(texts(" ".join([*urls, "one", "more"]), "imageUrls", 500)) == 501
