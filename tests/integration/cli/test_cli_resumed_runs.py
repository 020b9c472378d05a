"""A run that is repeated: what is done is skipped, and nothing is replaced that Lumiku has no record of."""

import os
import shutil
from pathlib import Path

import pytest

from support.command_line import Cli, files_below, remove_with_mattes


def test_what_is_done_and_current_is_skipped(cli: Cli) -> None:
    cli.photo("a.jpg")
    remove_with_mattes(cli, "photos", "-o", "out")
    cli.photo("b.jpg")
    before = (cli.folder / "out" / "a.png").stat().st_ino
    code, told, said = remove_with_mattes(cli, "photos", "-o", "out")
    assert code == 0
    assert {name: each["status"] for name, each in told.items()} == {
        "photos/a.jpg": "skipped",
        "photos/b.jpg": "done",
    }
    assert (cli.folder / "out" / "a.png").stat().st_ino == before
    assert "1 done, 1 done before" in said
    assert not [path for path in files_below(cli.folder) if path.startswith("out/.")]


@pytest.mark.parametrize("change", ["options", "picture", "foreign"])
def test_nothing_is_replaced_without_force(cli: Cli, change: str) -> None:
    photo = cli.photo("a.jpg")
    output = cli.folder / "out" / "a.png"
    remove_with_mattes(cli, "photos", "-o", "out")
    extra = []
    if change == "options":
        extra = ["--crop"]
    elif change == "picture":
        os.utime(photo)
    else:
        output.write_bytes(b"somebody's own")
    before = output.read_bytes()
    code, told, said = remove_with_mattes(cli, "photos", "-o", "out", *extra)
    assert code == 1
    assert told["photos/a.jpg"]["error"]["code"] == "EXISTS"  # type: ignore[index]
    assert "EXISTS  photos/a.jpg" in said
    assert output.read_bytes() == before
    code, told, _ = remove_with_mattes(cli, "photos", "-o", "out", "--force", *extra)
    assert (code, told["photos/a.jpg"]["status"]) == (0, "done")
    if change != "picture":
        assert output.read_bytes() != before
    assert remove_with_mattes(cli, "photos", "-o", "out", *extra)[1]["photos/a.jpg"]["status"] == "skipped"


def test_without_a_record_nothing_counts_as_done(cli: Cli, tmp_path: Path) -> None:
    photo = cli.photo("a.jpg")
    output = cli.folder / "out" / "a.png"
    remove_with_mattes(cli, "photos", "-o", "out", "--save-matte")
    cli.env["XDG_STATE_HOME"] = str(tmp_path / "elsewhere")
    before = output.read_bytes()
    for more in ([], ["--bg-color", "red"]):
        code, told, said = remove_with_mattes(cli, "photos", "-o", "out", *more)
        assert (code, told["photos/a.jpg"]["status"]) == (1, "failed")
        assert "EXISTS  photos/a.jpg: " in said
        assert "no record" in said
    copy = shutil.copy2(photo, cli.folder / "copy.png")
    code, told, _ = remove_with_mattes(cli, photo, "-o", copy)
    assert (code, told[str(photo)]["error"]["code"]) == (1, "EXISTS")  # type: ignore[index]
    assert (output.read_bytes(), copy.read_bytes()) == (before, photo.read_bytes())


def test_a_kept_matte_is_replaced_only_where_it_is_known(cli: Cli) -> None:
    photo = cli.photo("a.jpg")
    matte = cli.folder / "out" / "a.matte.png"
    matte.parent.mkdir()
    shutil.copy2(photo, matte)  # of the picture's own time, yet somebody's
    code, told, _ = remove_with_mattes(cli, "photos", "-o", "out", "--save-matte")
    assert (code, told["photos/a.jpg"]["error"]["code"]) == (1, "EXISTS")  # type: ignore[index]
    assert matte.read_bytes() == photo.read_bytes()
    assert remove_with_mattes(cli, "photos", "-o", "out", "--save-matte", "--force")[0] == 0
    (cli.folder / "out" / "a.png").unlink()
    assert (
        remove_with_mattes(cli, "photos", "-o", "out", "--save-matte")[1]["photos/a.jpg"]["status"] == "done"
    )
