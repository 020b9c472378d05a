"""Kills, Ctrl-C, pipes, terminals and watched folders, by the real command."""

import json
import os
import pty
import select
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
from PIL import Image

from support.command_line import Cli, files_below, wait_for

COUNT = 96


@pytest.fixture
def many(cli: Cli) -> Cli:
    """Enough work that a signal comes in the middle of it."""
    cli.photo("00.png", 600, 800)
    for i in range(1, COUNT):
        name = f"{i:02}"
        for folder, ending in (("photos", ".png"), ("mattes", ".matte.png")):
            shutil.copy2(cli.folder / folder / f"00{ending}", cli.folder / folder / f"{name}{ending}")
    return cli


def results(cli: Cli) -> list[Path]:
    return sorted((cli.folder / "out").glob("*.png"))


def assert_whole(paths: list[Path]) -> None:
    for path in paths:
        with Image.open(path) as image:
            image.load()
            assert image.size == (800, 600)


def test_after_kill_9_nothing_is_half_written_and_only_the_rest_is_done(many: Cli) -> None:
    process = many.start("remove", "photos", "-o", "out", "--matte", "mattes")
    wait_for(lambda: len(results(many)) >= 5)
    process.kill()
    process.communicate()
    done = results(many)
    assert 5 <= len(done) < COUNT
    assert_whole(done)
    before = {path.name: (path.stat().st_ino, path.stat().st_mtime_ns) for path in done}
    told = many.json("remove", "photos", "-o", "out", "--matte", "mattes")
    skipped = {Path(str(each["output"])).name for each in told.values() if each["status"] == "skipped"}
    assert skipped == set(before)
    assert len(told) == COUNT
    assert {each["status"] for each in told.values()} == {"skipped", "done"}
    assert {path.name: (path.stat().st_ino, path.stat().st_mtime_ns) for path in done} == before
    assert files_below(many.folder / "out") == {f"{i:02}.png" for i in range(COUNT)}, "no hidden rest either"
    assert_whole(results(many))


@pytest.mark.parametrize(("signum", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_leaves_no_half_file_and_sums_up(many: Cli, signum: int, code: int) -> None:
    process = many.start("remove", "photos", "-o", "out", "--matte", "mattes")
    wait_for(lambda: len(results(many)) >= 3)
    process.send_signal(signum)
    _, said = process.communicate(timeout=120)
    assert process.returncode == code
    done = results(many)
    assert 3 <= len(done) < COUNT
    assert files_below(many.folder / "out") == {path.name for path in done}
    assert_whole(done)
    assert b"not begun or given up" in said.splitlines()[-1]
    assert b"Traceback" not in said


def test_a_signal_before_any_work_is_quiet_too(cli: Cli) -> None:
    process = cli.start("remove", "-", "--matte", cli.photo("a.jpg").parent / "x", stdin=subprocess.PIPE)
    process.send_signal(signal.SIGTERM)
    _, said = process.communicate(timeout=120)
    assert process.returncode in {143, -signal.SIGTERM}, "by us, or before we could listen"
    assert b"Traceback" not in said


@pytest.mark.parametrize("module", ["lumiku.cli.report", "lumiku.cli.app", "typer"])
def test_ctrl_c_while_we_are_still_being_loaded_is_quiet(cli: Cli, module: str) -> None:
    """Stopped in the middle of an import, where the exact moment is ours to choose."""
    code = (
        "import builtins, os, signal\n"
        "load = builtins.__import__\n"
        "def stopped(name, *more):\n"
        f"    if name == {module!r}: os.kill(os.getpid(), signal.SIGINT)\n"
        "    return load(name, *more)\n"
        "builtins.__import__ = stopped\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "from lumiku.cli.main import main\n"
        "main()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "--help"], cwd=cli.folder, env=cli.env, capture_output=True, check=False
    )
    assert done.returncode in {130, -signal.SIGINT}
    assert b"Traceback" not in done.stderr


def test_a_reader_that_goes_away_is_no_error(many: Cli) -> None:
    process = many.start("remove", "photos", "-o", "out", "--matte", "mattes", "--json")
    assert process.stdout is not None
    assert process.stderr is not None
    json.loads(process.stdout.readline())
    process.stdout.close()
    said = process.stderr.read()
    process.stderr.close()
    assert process.wait(timeout=120) == 141
    assert said == b""
    assert len(results(many)) < COUNT


def test_a_picture_for_a_reader_that_went_away(many: Cli) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    process = many.start("remove", "photos/00.png", "-o", "-", "--matte", "mattes", stdout=writer)
    os.close(writer)
    _, said = process.communicate(timeout=120)
    assert (process.returncode, said) == (141, b"")


def test_a_picture_that_vanishes_meanwhile_has_its_code(many: Cli) -> None:
    process = many.start("remove", "photos", "-o", "out", "--matte", "mattes", "--json", "--jobs", "1")
    assert process.stdout is not None
    first = process.stdout.readline()
    process.send_signal(signal.SIGSTOP)  # so that it cannot be done before we are
    (many.folder / "photos" / f"{COUNT - 1}.png").unlink()
    process.send_signal(signal.SIGCONT)
    out, _ = process.communicate(timeout=120)
    told = [json.loads(line) for line in [first, *out.splitlines()]]
    assert process.returncode == 1
    assert [each["error"]["code"] for each in told if each["error"]] == ["NOT_FOUND"]
    assert len(told) == COUNT


def test_two_runs_at_once_do_not_hurt_each_other(many: Cli) -> None:
    arguments = ("remove", "photos", "-o", "out", "--matte", "mattes", "--json")
    twins = [many.start(*arguments) for _ in range(2)]
    told = [json.loads(line) for twin in twins for line in twin.communicate(timeout=240)[0].splitlines()]
    assert [twin.returncode for twin in twins] == [0, 0]
    assert Counter(each["status"] for each in told) == {"done": COUNT, "skipped": COUNT}
    assert files_below(many.folder / "out") == {f"{i:02}.png" for i in range(COUNT)}
    assert_whole(results(many))


def run_on_terminal(cli: Cli, *arguments: str) -> tuple[int, str]:
    """With standard error on a terminal of its own: the exit code and what was drawn."""
    ours, theirs = pty.openpty()
    process = cli.start(*arguments, stderr=theirs)
    os.close(theirs)
    drawn = b""
    end = time.monotonic() + 120
    while time.monotonic() < end:
        ready, _, _ = select.select([ours], [], [], 0.1)
        try:
            part = os.read(ours, 65536) if ready else b""
        except OSError:  # the other end is closed
            break
        drawn += part
        if not part and process.poll() is not None:
            break
    process.communicate(timeout=120)
    os.close(ours)
    return process.returncode, drawn.decode()


def test_on_a_terminal_a_bar_shows_rate_and_time_left(many: Cli) -> None:
    code, drawn = run_on_terminal(many, "remove", "photos", "-o", "out", "--matte", "mattes")
    assert code == 0
    assert f"/{COUNT}" in drawn
    assert "/s" in drawn
    assert "left" in drawn
    assert "\x1b[?25h" in drawn, "the cursor is shown again"
    assert f"{COUNT} done in " in drawn.rstrip().splitlines()[-1]


def test_elsewhere_there_are_plain_lines(many: Cli) -> None:
    said = many.run("remove", "photos", "-o", "out", "--matte", "mattes").stderr.decode()
    assert "\x1b" not in said
    assert len(said.splitlines()) == COUNT + 1
    assert f"[{COUNT}/{COUNT}] photos/" in said


def test_a_picture_is_not_written_to_a_terminal(cli: Cli) -> None:
    cli.photo("a.jpg")
    ours, theirs = pty.openpty()
    process = cli.start("remove", "photos/a.jpg", "-o", "-", "--matte", "mattes", stdout=theirs)
    _, said = process.communicate(timeout=120)
    os.close(ours)
    os.close(theirs)
    assert process.returncode == 2
    assert b"terminal" in said


@pytest.mark.parametrize("signum", [signal.SIGINT, signal.SIGTERM])
def test_a_watched_folder(cli: Cli, signum: int) -> None:
    whole = cli.photo("whole.png", 300, 400).read_bytes()
    inbox, out = cli.folder / "inbox", cli.folder / "inbox" / "out"
    inbox.mkdir()
    mattes = cli.folder / "mattes"
    for name in ("old", "slow", "moved", "deep"):
        shutil.copy(mattes / "whole.matte.png", mattes / f"{name}.png")
    (mattes / "sub").mkdir()
    (mattes / "deep.png").rename(mattes / "sub" / "deep.png")
    (inbox / "old.png").write_bytes(whole)
    process = cli.start("remove", "--watch", "inbox", "-o", "inbox/out", "--matte", "mattes", "--json")
    wait_for((out / "old.png").exists)
    with (inbox / "slow.png").open("wb") as slow:
        for start in range(0, len(whole), len(whole) // 8):
            slow.write(whole[start : start + len(whole) // 8])
            slow.flush()
            time.sleep(0.4)
            assert not (out / "slow.png").exists(), "half a picture was taken"
    (inbox / "sub").mkdir()
    (inbox / ".upload.tmp.png").write_bytes(whole)
    (cli.folder / "elsewhere").write_bytes(whole)
    (cli.folder / "elsewhere").rename(inbox / "moved.png")
    (inbox / "sub" / "deep.png").write_bytes(whole)
    expected = {"old.png", "slow.png", "moved.png", "sub/deep.png"}
    wait_for(lambda: files_below(out) == expected)
    time.sleep(1)
    process.send_signal(signum)
    told, said = process.communicate(timeout=120)
    assert process.returncode == 0, said
    assert b"Traceback" not in said
    assert files_below(out) == expected
    lines = [json.loads(line) for line in told.splitlines()]
    assert sorted(each["output"] for each in lines) == sorted(f"inbox/out/{name}" for name in expected)
    assert {each["status"] for each in lines} == {"done"}


def test_a_watched_folder_with_a_failure_ends_with_its_code(cli: Cli) -> None:
    inbox = cli.folder / "inbox"
    inbox.mkdir()
    cli.photo("bad.png")
    (inbox / "bad.png").write_bytes(b"junk")
    process = cli.start("remove", "--watch", "inbox", "-o", "out", "--matte", "mattes", "--json")
    assert process.stdout is not None
    assert json.loads(process.stdout.readline())["status"] == "failed"
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=120)
    assert process.returncode == 1
