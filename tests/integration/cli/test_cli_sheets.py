"""`lumiku sheet` by the real command, on results that are there."""

import json
from pathlib import Path

import numpy as np
from PIL import Image

from support.command_line import Cli, files_below


def prepare(cli: Cli, *names: str) -> None:
    for seed, name in enumerate(names):
        cli.photo(name, 120, 160, seed=seed)
    assert cli.run("remove", "photos", "-o", "out", "--matte", "mattes", "-q").returncode == 0


def cells(path: Path, height: int = 64) -> list["np.ndarray[tuple[int, int, int], np.dtype[np.uint8]]"]:
    """The four pictures of the first row, found by where a sheet of one column has them."""
    sheet = np.asarray(Image.open(path).convert("RGB"))
    width = (sheet.shape[1] - 2 * 24 - 3 * 6) // 4
    return [sheet[32 : 32 + height, 24 + i * (width + 6) : 24 + i * (width + 6) + width] for i in range(4)]


def test_before_and_after_over_checkerboard_black_and_white(cli: Cli) -> None:
    prepare(cli, "a.jpg")
    done = cli.run("sheet", "photos", "--cutouts", "out", "-o", "sheet.png", "--height", "64")
    assert done.returncode == 0, done.stderr
    before, checks, black, white = cells(cli.folder / "sheet.png")
    corners = [cell[1, 12] for cell in (checks, black, white)]
    assert black[1, 12].tolist() == [0, 0, 0]
    assert white[1, 12].tolist() == [255, 255, 255]
    assert set(checks[1, :, 0]) >= {204, 255}
    middle = before.shape[0] // 2, before.shape[1] // 2
    assert all(abs(int(a) - int(b)) <= 2 for a, b in zip(black[middle], white[middle], strict=True))
    assert len({tuple(corner) for corner in corners}) > 1


def test_what_failed_has_its_place_and_the_code(cli: Cli) -> None:
    prepare(cli, "a.jpg", "b.jpg")
    (cli.folder / "out" / "b.png").unlink()
    done = cli.run("sheet", "photos", "--cutouts", "out", "-o", "sheet.png", "--json")
    assert done.returncode == 1
    errors = {told["input"]: told["error"] for told in map(json.loads, done.stdout.splitlines())}
    assert errors["photos/a.jpg"] is None
    assert errors["photos/b.jpg"]["code"] == "NOT_FOUND"
    assert (cli.folder / "sheet.png").exists()


def test_many_pictures_go_on_to_further_sheets(cli: Cli) -> None:
    prepare(cli, *(f"{i:02}.png" for i in range(42)))
    done = cli.run(
        "sheet", "photos", "--cutouts", "out", "-o", "sheet.jpg", "--height", "64", "--columns", "1"
    )
    assert done.returncode == 0
    sheets = {name for name in files_below(cli.folder) if name.startswith("sheet")}
    assert sheets == {"sheet.jpg", "sheet-2.jpg"}
    with Image.open(cli.folder / "sheet.jpg") as first, Image.open(cli.folder / "sheet-2.jpg") as second:
        assert first.format == "JPEG"
        assert first.height > second.height * 5


def test_a_sheet_that_is_there_stays_without_force(cli: Cli) -> None:
    prepare(cli, "a.jpg")
    (cli.folder / "sheet.png").write_bytes(b"mine")
    done = cli.run("sheet", "photos", "--cutouts", "out", "-o", "sheet.png")
    assert done.returncode == 1
    assert b"error EXISTS" in done.stderr
    assert (cli.folder / "sheet.png").read_bytes() == b"mine"
    assert cli.run("sheet", "photos", "--cutouts", "out", "-o", "sheet.png", "--force").returncode == 0


def test_usage_that_makes_no_sense(cli: Cli) -> None:
    cli.photo("a.jpg")
    for arguments in ([], ["photos", "-o", "sheet.avif"], ["photos", "--cutouts", "missing"]):
        done = cli.run("sheet", *arguments)
        assert done.returncode == 2
        assert b"Traceback" not in done.stderr
