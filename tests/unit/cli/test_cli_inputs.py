"""What the arguments stand for."""

import os
from pathlib import Path

import pytest

from lumiku.cli.errors import NotReadable, UsageFault
from lumiku.cli.inputs import Arguments, is_picture_name, list_pictures, sort_arguments


def touch(root: Path, *names: str) -> None:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")


def names(arguments: Arguments) -> list[str]:
    return [source.file_name for source in arguments.pictures]


def listed(folder: Path, **options: object) -> list[str]:
    return [
        str(listing.below / source.file_name)
        for listing in list_pictures(folder, **options)  # type: ignore[arg-type]
        for source in listing.sources
    ]


def test_files_folders_addresses_and_stdin_are_told_apart(tmp_path: Path) -> None:
    touch(tmp_path, "a.jpg", "d/b.jpg")
    sorted_ = sort_arguments(
        [str(tmp_path / "a.jpg"), str(tmp_path / "d"), "-", "https://x.org/p/c%20d.png?q=1"]
    )
    assert [source.kind for source in sorted_.pictures] == ["file", "stdin", "url"]
    assert names(sorted_) == ["a.jpg", "stdin", "c d.png"]
    assert sorted_.folders == (tmp_path / "d",)
    assert not sorted_.is_single
    assert sort_arguments(["-"]).is_single


def test_patterns_that_no_shell_resolved(tmp_path: Path) -> None:
    touch(tmp_path, "a.jpg", "b.jpg", "c.png", "sub/deep/d.jpg")
    assert names(sort_arguments([str(tmp_path / "*.jpg")])) == ["a.jpg", "b.jpg"]
    assert names(sort_arguments([str(tmp_path / "**/*.jpg")])) == ["a.jpg", "b.jpg", "d.jpg"]
    assert sort_arguments([str(tmp_path / "s*")]).folders == (tmp_path / "sub",)
    assert names(sort_arguments([str(tmp_path / "*.gif")])) == ["*.gif"], "reported later as not found"


def test_a_file_whose_name_looks_like_a_pattern_is_that_file(tmp_path: Path) -> None:
    touch(tmp_path, "[1].jpg", "1.jpg")
    assert names(sort_arguments([str(tmp_path / "[1].jpg")])) == ["[1].jpg"]


def test_a_picture_named_twice_counts_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    touch(tmp_path, "a.jpg")
    monkeypatch.chdir(tmp_path)
    assert names(sort_arguments(["a.jpg", "./a.jpg", str(tmp_path / "a.jpg"), "*.jpg"])) == ["a.jpg"]


def test_an_empty_argument_is_refused() -> None:
    with pytest.raises(UsageFault):
        sort_arguments(["a.jpg", ""])


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("http://x.org/a/b.jpg", "b.jpg"),
        ("http://x.org/", "picture"),
        ("http://x.org", "picture"),
        ("http://x.org/..%2f..%2fetc%2fpasswd", "passwd"),
        ("http://x.org/%2e%2e", "picture"),
        ("http://x.org/a%00%0a%1bb.jpg", "ab.jpg"),
        ("http://x.org/" + "y" * 300 + ".jpg", "y" * 96 + ".jpg"),
        ("http://x.org/a%5cb%3a.jpg", "ab.jpg"),
        ("http://[::1", "picture"),
        ("http://[a]/x", "picture"),
    ],
)
def test_an_address_gives_a_harmless_name(url: str, name: str) -> None:
    assert names(sort_arguments([url])) == [name]


def test_a_folder_is_walked_in_order_and_only_for_pictures(tmp_path: Path) -> None:
    touch(
        tmp_path,
        "b.JPG",
        "a.webp",
        "notes.txt",
        ".hidden.jpg",
        "._a.webp",
        ".git/x.png",
        "z/c.heic",
        "k/d.tiff",
    )
    assert listed(tmp_path) == ["a.webp", "b.JPG", "k/d.tiff", "z/c.heic"]
    assert listed(tmp_path, recursive=False) == ["a.webp", "b.JPG"]


def test_the_folder_of_the_results_is_left_out(tmp_path: Path) -> None:
    touch(tmp_path, "a.jpg", "out/a.png", "out/deep/b.png", "other/c.png")
    assert listed(tmp_path, leave_out=tmp_path / "other" / ".." / "out") == ["a.jpg", "other/c.png"]
    assert len(listed(tmp_path)) == 4, "negative control"


def test_links_in_circles_are_entered_once(tmp_path: Path) -> None:
    touch(tmp_path, "d/a.jpg")
    (tmp_path / "d" / "loop").symlink_to(tmp_path)
    (tmp_path / "self.jpg").symlink_to(tmp_path / "self.jpg")
    (tmp_path / "again").symlink_to(tmp_path / "d")
    assert sorted(listed(tmp_path)) == ["again/a.jpg", "self.jpg"]


def test_what_is_no_regular_file_is_left_out_of_folders(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.jpg")
    touch(tmp_path, "a.jpg")
    assert listed(tmp_path) == ["a.jpg"]


def test_a_folder_that_vanished_is_a_problem_with_a_name(tmp_path: Path) -> None:
    [listing] = list_pictures(tmp_path / "gone")
    [source] = listing.sources
    assert isinstance(source.problem, NotReadable)
    assert source.name == str(tmp_path / "gone")


@pytest.mark.parametrize(
    "name", ["a.jpg", "a.JPEG", "a.png", "a.webp", "a.avif", "a.heic", "a.HIF", "a.tif", "a.gif", "a.bmp"]
)
def test_every_format_of_the_product_is_known_by_extension(name: str) -> None:
    assert is_picture_name(name)


@pytest.mark.parametrize("name", ["a.txt", "a", "jpg", "a.jpg.part", "a.pdf", "a.svg", "a.mp4", "a.zip"])
def test_other_files_are_not(name: str) -> None:
    assert not is_picture_name(name)
