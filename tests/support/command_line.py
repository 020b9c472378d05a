"""Runs the real command line in its own process, with a home of its own and mattes instead of models."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from support.pictures import encode_rgb, make_rgb

COMMAND = [sys.executable, "-c", "from lumiku.cli.main import main; main()"]
HANG_S = 120


@dataclass
class Cli:
    """`lumiku` in a folder."""

    folder: Path
    env: dict[str, str]

    def run(
        self, *arguments: str | Path, stdin: bytes = b"", env: dict[str, str] | None = None
    ) -> "subprocess.CompletedProcess[bytes]":
        return subprocess.run(
            [*COMMAND, *map(str, arguments)],
            cwd=self.folder,
            env={**self.env, **(env or {})},
            input=stdin,
            capture_output=True,
            timeout=HANG_S,
            check=False,
        )

    def json(self, *arguments: str | Path) -> dict[str, dict[str, object]]:
        """The JSON lines by the input's name."""
        lines = self.run(*arguments, "--json").stdout.splitlines()
        return {told["input"]: told for told in map(json.loads, lines)}

    def start(self, *arguments: str | Path, **how: object) -> "subprocess.Popen[bytes]":
        return subprocess.Popen(  # type: ignore[call-overload, no-any-return]
            [*COMMAND, *map(str, arguments)],
            cwd=self.folder,
            env=self.env,
            **{"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **how},
        )

    def photo(self, name: str, height: int = 48, width: int = 64, *, seed: int = 0) -> Path:
        """A picture in `photos`, with its matte in `mattes`."""
        path = self.folder / "photos" / name
        matte = self.folder / "mattes" / Path(name).with_suffix(".matte.png")
        for each in (path, matte):
            each.parent.mkdir(parents=True, exist_ok=True)
        kinds = {".jpg": "JPEG", ".png": "PNG", ".webp": "WEBP", ".tiff": "TIFF"}
        path.write_bytes(encode_rgb(make_rgb(height, width, seed), kinds[path.suffix]))
        matte.write_bytes(encode_rgb(make_matte(height, width), "PNG"))
        os.utime(path, ns=(1, 1_600_000_000_000_000_000 + seed))
        return path


def isolated(folder: Path) -> Cli:
    """With a home of its own below `folder`, so that neither records nor settings of the machine count."""
    home, work = folder / "home", folder / "work"
    home.mkdir()
    work.mkdir()
    env = {name: value for name, value in os.environ.items() if not name.startswith(("LUMIKU_", "XDG_"))}
    env |= {"HOME": str(home), "LUMIKU_ENGINE__OFFLINE": "true", "COLUMNS": "100", "TERM": "xterm"}
    return Cli(work, env)


def make_matte(height: int, width: int) -> "np.ndarray[tuple[int, int], np.dtype[np.uint8]]":
    """A soft disc in the middle."""
    y, x = np.mgrid[0:height, 0:width]
    distance = np.hypot((y + 0.5) / height - 0.5, (x + 0.5) / width - 0.5)
    return np.asarray(np.clip((0.35 - distance) * 2000, 0, 255), np.uint8)


def files_below(folder: Path) -> set[str]:
    """Every file, hidden ones too."""
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if not path.is_dir()}


def wait_for(condition: Callable[[], bool]) -> None:
    """Until it holds; the bound only guards against a hang."""
    end = time.monotonic() + HANG_S
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)


def remove_with_mattes(cli: Cli, *arguments: str | Path) -> "tuple[int, dict[str, dict[str, object]], str]":
    """With mattes instead of a model: the exit code, the JSON lines by input, and what was said."""
    done = cli.run("remove", *arguments, "--matte", "mattes", "--json")
    told = [json.loads(line) for line in done.stdout.splitlines()]
    return done.returncode, {each["input"]: each for each in told}, done.stderr.decode()
