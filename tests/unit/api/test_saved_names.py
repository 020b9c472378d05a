"""Names of downloads and of files in archives: whatever a picture was called, they can be saved."""

import io
import zipfile
from pathlib import Path

import pytest

from lumiku.api.files import disposition
from lumiku.api.saved_names import DistinctNames, safe_name

LONG = {
    "latin": "k" * 247 + ".png",
    "accents": "é" * 247 + ".png",
    "chinese": "猫" * 240 + ".png",
    "outside the first plane": "🐈" * 200 + ".png",
    "a blank at the cut": "k" * 250 + " " * 30 + "k.png",
}


@pytest.mark.parametrize("name", LONG)
def test_a_long_name_keeps_its_ending_and_can_be_saved(name: str, tmp_path: Path) -> None:
    saved = safe_name(f"removed-{LONG[name]}")
    assert saved.startswith("removed-")
    assert saved.endswith(".png")
    assert not saved.removesuffix(".png").endswith((" ", "."))
    assert 240 <= len(saved.encode()) <= 255
    (tmp_path / saved).write_bytes(b"")
    assert saved == safe_name(saved)


@pytest.mark.parametrize("name", LONG)
def test_twins_with_long_names_differ_and_an_archive_of_them_is_unpacked(name: str, tmp_path: Path) -> None:
    names = DistinctNames("manifest.json")
    given = [names.new(LONG[name]) for _ in range(12)]
    assert len({each.casefold() for each in given}) == 12
    assert [each.rpartition(" (")[2] for each in given[1:]] == [f"{n}).png" for n in range(2, 13)]
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as written:
        for each in given:
            written.writestr(each, b"")
    zipfile.ZipFile(archive).extractall(tmp_path)
    assert {each.name for each in tmp_path.iterdir()} == set(given)


def test_names_that_differ_only_where_they_are_cut_differ_still() -> None:
    names = DistinctNames()
    first, second = names.new("k" * 260 + "a.png"), names.new("k" * 260 + "b.png")
    assert first != second
    assert second.endswith("k (2).png")


def test_short_names_are_numbered_as_before() -> None:
    names = DistinctNames("manifest.json")
    wanted = ["cat.png", "CAT.png", "cat (2).png", "cat.png", "manifest.json", "nul.png", "", "cat"]
    given = ["cat.png", "CAT (2).png", "cat (2) (2).png", "cat (3).png", "manifest (2).json", "_nul.png"]
    assert [names.new(each) for each in wanted] == [*given, "file", "cat"]


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("../../etc/passwd", "_.._etc_passwd"),
        ("...", "file"),
        (" .cat.png. ", "cat.png"),
        ("cat.jpg\r\nSet-Cookie: a", "cat.jpg__Set-Cookie_ a"),
        ("k" * 300 + "." + "x" * 300, "k" * 255),
        ("v1. " + "k" * 300, "v1. " + "k" * 251),
    ],
)
def test_what_no_name_may_hold(name: str, safe: str) -> None:
    assert safe_name(name) == safe


def test_old_clients_read_an_ending_too() -> None:
    told = disposition("removed-" + "kätzchen" * 29 + ".png", attachment=True)
    plain, _, extended = told.partition("; filename*=UTF-8''")
    assert plain.startswith('attachment; filename="removed-katzchen')
    assert plain.endswith('.png"')
    assert extended.endswith(".png")
    assert disposition("猫" * 240 + ".png", attachment=False).startswith('inline; filename="file.png"; ')


@pytest.mark.parametrize("name", ["cat＂; filename=＂evil.exe", "a℀b⁄c.png", "cat：x＼y.png"])
def test_no_character_s_plain_form_ends_the_name_or_makes_a_path(name: str) -> None:
    plain = disposition(name, attachment=True).removeprefix('attachment; filename="').partition('"; ')[0]
    assert not set(plain) & set('"/\\:')
