"""A folder run that is killed again and again, at any moment: in the end every result is whole."""

import random
import shutil
import subprocess
import time
from pathlib import Path

import pytest

from support.command_line import Cli, files_below, isolated

pytestmark = [pytest.mark.soak, pytest.mark.timeout(3600)]

SECONDS = 240
COUNT = 60
LONGEST_RUN_S = 2.5
ARGUMENTS = ("remove", "photos", "--matte", "mattes", "--save-matte", "--jobs", "3", "--quiet")


@pytest.fixture
def many(tmp_path: Path) -> Cli:
    """Pictures of several sizes in a tree, so that the moments of a kill differ."""
    cli = isolated(tmp_path)
    for i in range(COUNT):
        cli.photo(f"{i % 4}/{i:02}.png", 200 + 40 * (i % 5), 300, seed=i)
    return cli


def contents(folder: Path) -> dict[str, bytes]:
    """Every file below, hidden ones too."""
    return {name: (folder / name).read_bytes() for name in files_below(folder)}


def run_and_kill(cli: Cli, seconds: float) -> bool:
    """Whether the kill came before the end."""
    process = cli.start(*ARGUMENTS, "-o", "out")
    try:
        process.wait(timeout=seconds)
    except subprocess.TimeoutExpired:
        process.kill()
    _, said = process.communicate()
    assert process.returncode in {0, -9}, said.decode()
    return process.returncode != 0


def assert_named_are_whole(found: dict[str, bytes], expected: dict[str, bytes]) -> None:
    """What has its name is complete; what is not has a hidden one."""
    for name, data in found.items():
        if not Path(name).name.startswith(".lumiku-"):
            assert data == expected[name], f"{name} is not what an undisturbed run gives"


def finish(cli: Cli, expected: dict[str, bytes]) -> None:
    """The last run does what is left, and leaves nothing else."""
    done = cli.run(*ARGUMENTS, "-o", "out")
    assert (done.returncode, done.stderr) == (0, b"")
    assert contents(cli.folder / "out") == expected


def test_a_folder_survives_kills_at_any_moment(many: Cli) -> None:
    assert many.run(*ARGUMENTS, "-o", "undisturbed").returncode == 0
    expected = contents(many.folder / "undisturbed")
    assert len(expected) == 2 * COUNT
    seed = random.SystemRandom().randrange(1 << 32)
    print(f"seed {seed}")  # noqa: T201  shown where it fails
    dice = random.Random(seed)
    kills = finished = hidden = 0
    until = time.monotonic() + SECONDS
    while time.monotonic() < until:
        killed = run_and_kill(many, dice.uniform(0, LONGEST_RUN_S))
        found = contents(many.folder / "out") if (many.folder / "out").exists() else {}
        assert_named_are_whole(found, expected)
        kills += killed
        hidden += any(Path(name).name.startswith(".lumiku-") for name in found)
        if not killed or len(found) >= 2 * COUNT:
            finish(many, expected)
            finished += 1
            shutil.rmtree(many.folder / "out")
    finish(many, expected)
    print(f"{kills} kills, {hidden} left something hidden, {finished} rounds")  # noqa: T201
    assert kills >= 20
    assert hidden, "no kill came while a file was being written: the test tests little"


def test_half_a_file_would_be_found() -> None:
    assert_named_are_whole({"a.png": b"whole", ".lumiku-0-1-1.part": b"ha"}, {"a.png": b"whole"})
    with pytest.raises(AssertionError, match=r"a\.png"):
        assert_named_are_whole({"a.png": b"who"}, {"a.png": b"whole"})
