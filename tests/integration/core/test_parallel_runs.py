"""Test processes side by side fail for warnings and queries without an index, and name what they skip."""

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from support.parallel import long_first

ROOT = Path(__file__).parents[3]

QUERY = """
from pathlib import Path
import lumiku

SOURCE = "async def look(tx, statement):\\n    await tx.exec_driver_sql(statement)\\n"
OURS = Path(lumiku.__file__).with_name("accounts") / "nowhere.py"  # where our code would be
scope = {}
exec(compile(SOURCE, str(OURS), "exec"), scope)

async def test_query(db):
    async with db.transaction() as tx:
        await scope["look"](tx, "SELECT id FROM users WHERE CONDITION")
"""
WITHOUT_INDEX = QUERY.replace("CONDITION", "name = 'A'")
WITH_INDEX = QUERY.replace("CONDITION", "lower(email) = 'a@b.c'")
WARNS = """
import warnings

def test_warning():
    warnings.warn("something is odd", UserWarning)
"""
SKIPS = """
import pytest

def test_left_out():
    pytest.skip("THE MOON IS NOT HERE")
"""


def outcomes(folder: Path, **files: str) -> tuple[int, dict[str, int], str]:
    """Exit code, how many tests ended how, and all that two processes said about these files."""
    for name, text in files.items():
        (folder / f"test_{name}.py").write_text(text)
    command = [sys.executable, "-m", "pytest", "-c", str(ROOT / "pyproject.toml"), "--rootdir", str(folder)]
    command += ["-p", "conftest", "-p", "no:cacheprovider", "-n", "2", str(folder)]
    done = subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT / "tests")},
        capture_output=True,
        text=True,
        timeout=250,
        check=False,
    )
    counted = re.findall(r"(\d+) (passed|failed|skipped|error)", done.stdout.splitlines()[-1])
    return done.returncode, {outcome: int(count) for count, outcome in counted}, done.stdout + done.stderr


def test_what_is_wrong_in_any_process_fails_the_run_and_what_is_skipped_is_named(tmp_path: Path) -> None:
    code, counted, said = outcomes(tmp_path, a=WITHOUT_INDEX, b=WARNS, c=SKIPS, d=WITH_INDEX)
    assert code == 1, said
    assert counted == {"passed": 2, "failed": 1, "skipped": 1, "error": 1}, said
    assert "accounts/nowhere.py:2: users is read whole for ((name)::text = 'A'::text)" in said
    assert "UserWarning: something is odd" in said
    assert "THE MOON IS NOT HERE" in said
    assert "lower(email)" not in said


@dataclass
class Item:
    """As much of a test as its order needs."""

    path: str
    marks: tuple[str, ...] = ()

    def get_closest_marker(self, name: str) -> str | None:
        return name if name in self.marks else None


def test_a_file_with_a_long_test_comes_first_and_whole() -> None:
    short, quick, slow = Item("a"), Item("b"), Item("b", ("long",))
    assert long_first([short, quick, slow]) == [quick, slow, short]
    assert long_first([short, quick]) == [short, quick]
