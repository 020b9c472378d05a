"""Names and base64 as strangers send them."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lumiku.core.errors import InvalidInput
from lumiku.engine.errors import FileTooLarge
from lumiku.removals.sources import clean_name, decode_base64


@pytest.mark.parametrize(
    ("name", "clean"),
    [
        ("cat.png", "cat.png"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\me\\cat.png", "cat.png"),
        ("a\0b\r\nc.png", "abc.png"),
        ("..", ""),
        (".htaccess", "htaccess"),
        ('a<b>:"c|?*.png', "a_b___c___.png"),
        ("\u202egnp.exe", "gnp.exe"),
        ("e\u0301.png", "\u00e9.png"),
        ("\udcff.png", "?.png".replace("?", "_")),
        ("", ""),
        ("x" * 300 + ".png", "x" * 251 + ".png"),
    ],
)
def test_names(name: str, clean: str) -> None:
    assert clean_name(name) == clean


@given(st.text(max_size=400))
def test_a_clean_name_stays_clean_and_fits_its_column(name: str) -> None:
    clean = clean_name(name)
    assert clean_name(clean) == clean
    assert len(clean) <= 255
    assert not set(clean) & set('/\\\0<>:"|?*\r\n')
    clean.encode("utf-8")


def test_base64_with_and_without_a_data_url() -> None:
    text = base64.b64encode(b"picture").decode()
    assert decode_base64(text, 7) == b"picture"
    assert decode_base64(f"data:image/png;base64,{text}", 7) == b"picture"
    lines = base64.encodebytes(bytes(100)).decode()  # as `base64 FILE` writes it
    assert decode_base64(lines.replace("\n", "\r\n"), 100) == decode_base64(lines, 100) == bytes(100)


@pytest.mark.parametrize(
    "text", ["?", "abc", "data:image/png;base64,", "data:text/html,<b>", "YQ==\n!", "YWJj ZGVm", "é"]
)
def test_what_is_no_base64_of_something_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput):
        decode_base64(text, 100)


def test_base64_that_is_too_long_is_refused_before_it_is_decoded() -> None:
    with pytest.raises(FileTooLarge):
        decode_base64("!" * 1000, 100)
    with pytest.raises(FileTooLarge):
        decode_base64(base64.b64encode(bytes(101)).decode(), 100)
    assert decode_base64(base64.b64encode(bytes(100)).decode(), 100) == bytes(100)
