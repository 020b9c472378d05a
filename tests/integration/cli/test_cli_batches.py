"""Files, folders, names, resume and force, by the real command."""

import io
import os
import resource
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from support.command_line import Cli, files_below, make_matte, remove_with_mattes


def test_a_folder_gives_the_same_tree_with_names_and_times(cli: Cli) -> None:
    for seed, name in enumerate(("a.jpg", "x/b.png", "x/y/c.webp")):
        cli.photo(name, seed=seed)
    (cli.folder / "photos" / "notes.txt").write_text("not a picture")
    code, told, said = remove_with_mattes(cli, "photos", "-o", "out")
    assert code == 0
    assert files_below(cli.folder / "out") == {"a.png", "x/b.png", "x/y/c.png"}
    for name, result in (("a.jpg", "a.png"), ("x/y/c.webp", "x/y/c.png")):
        photo, output = cli.folder / "photos" / name, cli.folder / "out" / result
        assert output.stat().st_mtime_ns == photo.stat().st_mtime_ns
    with Image.open(cli.folder / "out" / "x" / "y" / "c.png") as image:
        assert np.array_equal(np.asarray(image)[..., 3], make_matte(48, 64))
    assert told["photos/a.jpg"]["width"] == 64
    assert told["photos/a.jpg"]["error"] is None
    assert said.startswith("3 done in ")


def test_a_bad_picture_does_not_stop_the_rest(cli: Cli) -> None:
    for name in ("a.jpg", "b.jpg", "d.jpg"):
        cli.photo(name)
    (cli.folder / "photos" / "b.jpg").write_bytes(b"junk")
    (cli.folder / "photos" / "c.jpg").write_bytes((cli.folder / "photos" / "a.jpg").read_bytes()[:300])
    (cli.folder / "photos" / "e.png").write_bytes(b"")
    code, told, said = remove_with_mattes(cli, "photos", "missing.jpg", "-o", "out")
    assert code == 1
    codes = {name: each["error"] and each["error"]["code"] for name, each in told.items()}  # type: ignore[index]
    assert codes == {
        "photos/a.jpg": None,
        "photos/b.jpg": "INVALID_FILE_TYPE",
        "photos/c.jpg": "MATTE_MISSING",
        "photos/d.jpg": None,
        "photos/e.png": "MATTE_MISSING",
        "missing.jpg": "NOT_FOUND",
    }
    assert files_below(cli.folder / "out") == {"photos/a.png", "photos/d.png"}
    assert "error INVALID_FILE_TYPE  photos/b.jpg: " in said
    assert "2 done, 4 failed" in said


def test_the_first_failure_ends_it_where_asked_for(cli: Cli) -> None:
    for i in range(12):
        cli.photo(f"{i:02}.jpg")
    (cli.folder / "photos" / "00.jpg").write_bytes(b"junk")
    code, told, said = remove_with_mattes(cli, "photos", "-o", "out", "--fail-fast", "--jobs", "1")
    assert code == 1
    assert len(told) < 12
    assert "not begun or given up" in said


def test_pictures_whose_results_would_share_a_name_all_come_out(cli: Cli) -> None:
    for seed, name in enumerate(("a.jpg", "a.png", "a.webp", "b.jpg")):
        cli.photo(name, seed=seed)
    code, _, _ = remove_with_mattes(cli, "photos", "-o", "out", "--save-matte")
    assert code == 0
    results = {"a.jpg.png", "a.png.png", "a.webp.png", "b.png"}
    mattes = {name.removesuffix(".png") + ".matte.png" for name in results}
    assert files_below(cli.folder / "out") == results | mattes


def test_a_picture_is_never_replaced_by_its_own_result(cli: Cli) -> None:
    photo, other = cli.photo("a.png"), cli.photo("b.png")
    before = photo.read_bytes(), other.read_bytes()
    for arguments in (
        ["photos/a.png", "-o", "photos/a.png"],
        ["photos/a.png", "photos/b.png", "-o", "photos"],
    ):
        code, told, _ = remove_with_mattes(cli, *arguments, "--force")
        assert code == 1
        assert {each["error"]["code"] for each in told.values()} == {"OUTPUT_IS_INPUT"}  # type: ignore[index]
    assert (photo.read_bytes(), other.read_bytes()) == before


def test_results_within_the_folder_of_the_pictures_are_not_read_again(cli: Cli) -> None:
    cli.photo("a.jpg")
    for _ in range(2):
        code, told, _ = remove_with_mattes(cli, "photos", "-o", "photos/out")
        assert (code, list(told)) == (0, ["photos/a.jpg"])
    assert files_below(cli.folder / "photos") == {"a.jpg", "out/a.png"}


def test_names_with_anything_in_them(cli: Cli) -> None:
    names = [
        "写真 ü.jpg",
        "new\nline.jpg",
        "-rf.jpg",
        "a" * 251 + ".jpg",
        "e[m]p*ty?.jpg",
        os.fsdecode(b"caf\xe9.jpg"),
    ]
    for name in names:
        cli.photo("plain.jpg").rename(cli.folder / "photos" / name)
    matte = cli.folder / "mattes" / "plain.matte.png"
    for name in names:
        shutil.copy(matte, cli.folder / "mattes" / f"{name[:-4]}.png")
    code, told, said = remove_with_mattes(cli, "photos", "-o", "out")
    assert code == 0, said
    assert {Path(str(each["output"])).name for each in told.values()} == {
        name[:-4] + ".png" for name in names
    }
    assert files_below(cli.folder / "out") == {name[:-4] + ".png" for name in names}


def test_from_standard_input_to_standard_output(cli: Cli) -> None:
    photo = cli.photo("a.jpg").read_bytes()
    done = cli.run("remove", "-", "--matte", "mattes/a.matte.png", stdin=photo)
    assert (done.returncode, done.stderr) == (0, b"")
    assert Image.open(io.BytesIO(done.stdout)).mode == "RGBA"
    done = cli.run("remove", "photos/a.jpg", "-o", "-", "--format", "webp", "--matte", "mattes", stdin=photo)
    assert Image.open(io.BytesIO(done.stdout)).format == "WEBP"
    done = cli.run("remove", "-", "--matte", "mattes/a.matte.png", stdin=b"junk")
    assert (done.returncode, done.stdout) == (1, b"")
    assert done.stderr.startswith(b"error INVALID_FILE_TYPE")


@pytest.fixture
def address(cli: Cli) -> Iterator[str]:
    """The folder as a web site on loopback."""

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *arguments: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(cli.folder))) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_pictures_from_addresses(cli: Cli, address: str) -> None:
    cli.photo("a.jpg")
    arguments = (f"{address}/photos/a.jpg?size=1", f"{address}/photos/none.jpg", "-o", "out/")
    code, told, _ = remove_with_mattes(cli, *arguments)
    assert code == 1
    assert {each["error"]["code"] for each in told.values()} == {"SOURCE_REFUSED"}  # type: ignore[index]
    cli.env["LUMIKU_INTAKE__ALLOW_PRIVATE_ADDRESSES"] = "true"
    _, told, _ = remove_with_mattes(cli, *arguments)
    assert told[arguments[0]]["error"] is None
    assert told[arguments[1]]["error"]["code"] == "SOURCE_FAILED"  # type: ignore[index]
    assert files_below(cli.folder / "out") == {"a.png"}
    assert remove_with_mattes(cli, *arguments)[1][arguments[0]]["status"] == "skipped"


@pytest.mark.parametrize("malformed", ["http://[::1", "http://[a]/x"])
def test_a_malformed_address_costs_itself_only(cli: Cli, malformed: str) -> None:
    cli.photo("good.jpg")
    code, told, said = remove_with_mattes(cli, "photos/good.jpg", malformed, "-o", "mix/")
    assert code == 1
    assert told["photos/good.jpg"]["status"] == "done"
    assert told[malformed]["error"]["code"] == "SOURCE_REFUSED"  # type: ignore[index]
    assert f"error SOURCE_REFUSED  {malformed}: " in said
    assert files_below(cli.folder / "mix") == {"good.png"}


def test_a_pipe_by_name_is_refused_and_waits_for_nobody(cli: Cli) -> None:
    cli.photo("good.jpg")
    os.mkfifo(cli.folder / "pipe.jpg")
    code, told, said = remove_with_mattes(cli, "photos/good.jpg", "pipe.jpg", "-o", "out/")
    assert code == 1
    assert told["photos/good.jpg"]["status"] == "done"
    assert told["pipe.jpg"]["error"]["code"] == "NOT_READABLE"  # type: ignore[index]
    assert "not a regular file" in said


def test_the_extension_decides_the_format_unless_told_otherwise(cli: Cli) -> None:
    cli.photo("a.jpg")
    for name, flags, kind in (
        ("a.webp", [], "WEBP"),
        ("a.jpg", [], "JPEG"),
        ("a.avif", [], "AVIF"),
        ("a", [], "PNG"),
        ("b.png", ["--format", "webp"], "WEBP"),
    ):
        assert remove_with_mattes(cli, "photos/a.jpg", "-o", f"out/{name}", *flags)[0] == 0
        with Image.open(cli.folder / "out" / name) as image:
            assert image.format == kind


def test_a_kept_matte_composes_to_the_very_same_result(cli: Cli) -> None:
    cli.photo("a.jpg")
    remove_with_mattes(cli, "photos/a.jpg", "-o", "out/a.png", "--save-matte")
    kept = cli.folder / "out" / "a.matte.png"
    assert np.array_equal(np.asarray(Image.open(kept)), make_matte(48, 64))
    assert kept.stat().st_mtime_ns == (cli.folder / "photos" / "a.jpg").stat().st_mtime_ns
    done = cli.run("compose", "photos/a.jpg", "--matte", "out/a.matte.png", "-o", "again.png")
    assert done.returncode == 0
    assert (cli.folder / "again.png").read_bytes() == (cli.folder / "out" / "a.png").read_bytes()
    done = cli.run(
        "compose", "photos", "--matte", "out", "-o", "new", "--bg-color", "lime", "--format", "jpeg"
    )
    assert done.returncode == 0, done.stderr
    with Image.open(cli.folder / "new" / "a.jpg") as image:
        red, green, blue = image.getpixel((0, 0))  # type: ignore[misc]
    assert (red < 8, green > 247, blue < 8) == (True, True, True)


def test_a_kept_matte_has_the_pictures_own_alpha_once(cli: Cli) -> None:
    cli.photo("a.png")
    half = Image.open(cli.folder / "photos" / "a.png").convert("RGBA")
    half.putalpha(128)
    half.save(cli.folder / "photos" / "a.png")
    remove_with_mattes(cli, "photos/a.png", "-o", "out/a.png", "--save-matte")
    kept = np.asarray(Image.open(cli.folder / "out" / "a.matte.png"))
    assert kept.max() == 128
    done = cli.run("compose", "photos/a.png", "--matte", "out/a.matte.png", "-o", "again.png")
    assert done.returncode == 0
    assert (cli.folder / "again.png").read_bytes() == (cli.folder / "out" / "a.png").read_bytes()


def test_a_matte_of_another_size_is_refused(cli: Cli) -> None:
    cli.photo("a.jpg")
    cli.photo("b.jpg", 20, 30)
    done = cli.run("compose", "photos/a.jpg", "--matte", "mattes/b.matte.png", "-o", "a.png")
    assert done.returncode == 1
    assert b"30x20" in done.stderr
    assert b"64x48" in done.stderr
    assert not (cli.folder / "a.png").exists()


def test_an_empty_matte_is_written_flagged_and_named(cli: Cli) -> None:
    cli.photo("a.jpg")
    Image.new("L", (64, 48)).save(cli.folder / "mattes" / "a.matte.png")
    code, told, said = remove_with_mattes(cli, "photos", "-o", "out")
    assert code == 0
    assert told["photos/a.jpg"]["outcome"] == "unknown_foreground"
    assert "warning UNKNOWN_FOREGROUND  photos/a.jpg" in said
    with Image.open(cli.folder / "out" / "a.png") as image:
        assert image.mode == "RGBA"
        assert not np.asarray(image).any()


def test_a_full_disk_has_its_code_and_leaves_nothing(cli: Cli) -> None:
    cli.photo("big.png", 400, 400)
    cli.photo("small.png", 20, 20)

    def limit_files() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (40_000, 40_000))

    process = cli.start("remove", "photos", "-o", "out", "--matte", "mattes", preexec_fn=limit_files)
    _, said = process.communicate(timeout=120)
    assert process.returncode == 1
    assert b"error DISK_FULL  photos/big.png" in said
    assert files_below(cli.folder / "out") == {"small.png"}


@pytest.mark.skipif(os.geteuid() == 0, reason="root writes anywhere")
def test_a_folder_that_cannot_be_written_has_its_code(cli: Cli) -> None:
    cli.photo("a.jpg")
    (cli.folder / "out").mkdir(mode=0o500)
    code, told, _ = remove_with_mattes(cli, "photos", "-o", "out")
    assert (code, told["photos/a.jpg"]["error"]["code"]) == (1, "NOT_WRITABLE")  # type: ignore[index]


def test_usage_that_makes_no_sense_does_nothing(cli: Cli) -> None:
    cli.photo("a.jpg")
    (cli.folder / "empty").mkdir()
    for arguments in (
        [],
        ["photos", "-o", "photos"],
        ["photos", "-o", "-"],
        ["photos/a.jpg", "-o", "a.bmp"],
        ["photos/a.jpg", "-o", "-", "--json"],
        ["photos", "-o", "out", "--tier", "best"],
        ["photos", "-o", "out", "--quality", "0"],
        ["photos", "-o", "out", "--bg-color", "nope"],
        ["photos", "-o", "out", "--bg-image", "missing.jpg"],
        ["photos", "-o", "out", "--matte", "mattes/a.matte.png"],
        ["photos", "-o", "out", "--matte", "missing"],
        ["--watch", "missing"],
        ["empty"],
        [""],
    ):
        done = cli.run("remove", *arguments)
        assert done.returncode in {2, 3}, arguments
        assert done.stdout == b""
        assert b"Traceback" not in done.stderr
        assert b"rror" in done.stderr
    assert files_below(cli.folder) == {"photos/a.jpg", "mattes/a.matte.png"}


def test_the_limit_of_pixels_can_be_moved(cli: Cli) -> None:
    cli.photo("a.png", 48, 64)
    code, told, _ = remove_with_mattes(cli, "photos", "-o", "out", "--max-pixels", "3071")
    assert (code, told["photos/a.png"]["error"]["code"]) == (1, "IMAGE_TOO_LARGE")  # type: ignore[index]
    code, told, _ = remove_with_mattes(cli, "photos", "-o", "out", "--max-pixels", "3072")
    assert (code, told["photos/a.png"]["status"]) == (0, "done")


def test_no_model_is_one_line_and_its_own_code(cli: Cli) -> None:
    for name in ("a.jpg", "b.jpg", "c.jpg"):
        cli.photo(name)
    done = cli.run("remove", "photos", "-o", "out")
    assert done.returncode == 3
    assert len(done.stderr.splitlines()) <= 2, "said once, not for each picture"
    assert b"error WEIGHTS_UNAVAILABLE: " in done.stderr or b"error MODEL_MISSING: " in done.stderr
    assert b"Traceback" in cli.run("remove", "photos", "-o", "out", env={"LUMIKU_DEBUG": "1"}).stderr


def test_help_is_light_and_shows_examples(cli: Cli) -> None:
    """By what is imported, for time on a busy machine says little."""
    script = """
import sys
sys.argv = ["lumiku", "--help"]
from lumiku.cli.main import main
try:
    main()
finally:
    heavy = {"numpy", "cv2", "openvino", "onnxruntime", "PIL", "pydantic", "rich", "httpx", "sqlite3"}
    sys.stderr.write(",".join(sorted(heavy & set(sys.modules))))
"""
    done = cli.run("--help")
    assert done.returncode == 0
    assert b"lumiku remove photos -o cutouts" in done.stdout
    assert b"Exit codes:" in done.stdout
    looked = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        env=cli.env,
        cwd=cli.folder,
        check=True,
        timeout=120,
    )
    assert looked.stderr == b""


@pytest.mark.parametrize("command", ["remove", "compose", "sheet", "models"])
def test_each_command_has_help(cli: Cli, command: str) -> None:
    done = cli.run(command, "--help")
    assert done.returncode == 0
    assert f"lumiku {command} ".encode() in done.stdout


def test_the_version(cli: Cli) -> None:
    assert cli.run("--version").stdout.startswith(b"lumiku 0.")
