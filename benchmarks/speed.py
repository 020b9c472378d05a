"""Bytes to PNG bytes against rembg, interleaved in one run: `python -m benchmarks.speed`."""

import argparse
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.peer import ROOT, peer_environment, peer_python
from benchmarks.pictures import make_folder, make_pictures

WORKER = Path(__file__).with_name("worker.py")


@dataclass(frozen=True, slots=True)
class Case:
    """One row: the same picture through a tier of ours and a model of rembg's."""

    picture: str
    tier: str
    model: str
    floor: float


CASES = (
    Case("portrait-1mp", "standard", "isnet-general-use", 4.4),
    Case("portrait-12mp", "standard", "isnet-general-use", 5.0),
    Case("busy-12mp", "standard", "isnet-general-use", 5.0),
    Case("portrait-1mp", "basic", "u2net", 4.4),
    Case("portrait-12mp", "professional", "isnet-general-use", 1.0),
    Case("busy-12mp", "professional", "isnet-general-use", 1.0),
)


class Side:
    """One worker process."""

    def __init__(self, name: str, what: str) -> None:
        python = str(peer_python()) if name == "rembg" else sys.executable
        self._process = subprocess.Popen(
            [python, "-P", str(WORKER), name, what],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env=peer_environment() if name == "rembg" else None,
        )
        self.ready = self._answer()

    def run(self, path: Path) -> dict[str, Any]:
        """Remove one background."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{path}\n")
        self._process.stdin.flush()
        return self._answer()

    def close(self) -> None:
        """End the process."""
        self._process.communicate()

    def _answer(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise SystemExit(f"A worker ended with code {self._process.wait()}.")
        answer: dict[str, Any] = json.loads(line)
        return answer


def run_case(case: Case, path: Path, rounds: int) -> None:
    """Time one case and print its row."""
    ours, theirs = Side("lumiku", case.tier), Side("rembg", case.model)
    samples: dict[str, list[dict[str, Any]]] = {"ours": [], "theirs": []}
    for turn in range(rounds + 1):
        for name, side in (("ours", ours), ("theirs", theirs)):
            answer = side.run(path)
            if turn:  # the first round warms both up
                samples[name].append(answer)
    ours.close()
    theirs.close()
    mine, other = (statistics.median(s["ms"] for s in samples[name]) for name in ("ours", "theirs"))
    size = samples["ours"][-1]["bytes"] / samples["theirs"][-1]["bytes"]
    peaks = [samples[name][-1]["peak_mb"] for name in ("ours", "theirs")]
    print(
        f"{case.picture:14} {case.tier:13} {mine:7.0f} ms   rembg {case.model:18} {other:7.0f} ms"
        f"   {other / mine:5.2f} times (at least {case.floor})   PNG size {size:4.2f}"
        f"   peak {peaks[0]:5.0f} / {peaks[1]:5.0f} MB",
        flush=True,
    )


def run_folder(count: int) -> None:
    """Time a folder of pictures through both command lines, in slices that take turns."""
    folder, out = make_folder(count), ROOT / ".cache" / "folder-out"
    files, slices = sorted(folder.iterdir()), 4
    spent = {"lumiku": 0.0, "rembg": 0.0}
    lumiku, rembg = Path(sys.executable).with_name("lumiku"), peer_python().with_name("rembg")
    for part in range(slices):
        shutil.rmtree(out, ignore_errors=True)
        (out / "in").mkdir(parents=True)
        for path in files[part::slices]:
            (out / "in" / path.name).symlink_to(path)
        commands = {
            "lumiku": [lumiku, "remove", out / "in", "-o", out / "lumiku", "--quiet"],
            "rembg": [rembg, "p", "-m", "isnet-general-use", out / "in", out / "rembg"],
        }
        for name, command in commands.items():
            started = time.perf_counter()
            subprocess.run(
                [str(word) for word in command], check=True, env=peer_environment(), capture_output=True
            )
            spent[name] += time.perf_counter() - started
            made = len(list((out / name).glob("*.png")))
            assert made == len(files[part::slices]), f"{name} made {made} files"
    print(
        f"folder of {count} (4 runs of {count // slices} each, start-up included) standard "
        f"{spent['lumiku']:.1f} s   rembg p {spent['rembg']:.1f} s   "
        f"{spent['rembg'] / spent['lumiku']:.2f} times (at least 4.5)",
        flush=True,
    )


def main() -> None:
    """Print one row a case."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--folder", type=int, default=100, help="pictures in the folder; 0 leaves it out")
    args = parser.parse_args()
    cores = os.cpu_count()
    print(f"{platform.machine()}, {cores} cores, {args.rounds} rounds, medians; peak memory ours / rembg's")
    pictures = make_pictures()
    for case in CASES:
        run_case(case, pictures[case.picture], args.rounds)
    if args.folder:
        run_folder(args.folder)


if __name__ == "__main__":
    main()
