"""The release before this one runs on this one's schema: its own tests, on a database that we migrated."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SUITES = ("tests/integration/accounts", "tests/integration/credits", "tests/integration/core")


def run_old_tests(old: Path, new_sources: Path, *tests: str) -> subprocess.CompletedProcess[str]:
    """The tests and code of `old`, on databases that the code below `new_sources` migrates."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *tests]
    variables = {"PYTHONPATH": str(old / "src"), "LUMIKU_TEST_MIGRATED_BY": str(new_sources)}
    return subprocess.run(
        command,
        cwd=old,
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )


def test_the_previous_release_runs_on_this_schema(tmp_path: Path) -> None:
    tags = subprocess.run(
        ["git", "tag", "--list", "v*", "--sort=-version:refname"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    ).stdout.split()
    if not tags:
        pytest.skip("THERE IS NO PREVIOUS RELEASE YET: nothing shows that its code runs on this schema")
    archive = subprocess.run(["git", "archive", tags[0]], cwd=ROOT, capture_output=True, check=True).stdout
    subprocess.run(["tar", "-x", "-C", str(tmp_path)], input=archive, check=True)
    done = run_old_tests(tmp_path, ROOT / "src", *(suite for suite in SUITES if (tmp_path / suite).exists()))
    assert done.returncode == 0, f"{tags[0]} on this schema:\n{done.stdout[-4000:]}"


@pytest.mark.parametrize(
    ("change", "runs"),
    [
        ("ALTER TABLE rate_limits ADD COLUMN note text", True),  # expand
        ("ALTER TABLE rate_limits DROP COLUMN allowed", False),  # contract too early
    ],
)
def test_it_tells_an_expanded_schema_from_one_contracted_too_early(
    tmp_path: Path, change: str, runs: bool
) -> None:
    """With this release as the previous one, and as the next one a copy that has one more revision."""
    new = tmp_path / "src"
    shutil.copytree(ROOT / "src/lumiku", new / "lumiku", ignore=shutil.ignore_patterns("__pycache__"))
    versions = new / "lumiku/migrations/versions"
    head = sorted(versions.glob("*.py"))[-1].name.partition("_")[0]
    (versions / "9001_next.py").write_text(
        "from alembic import op\n"
        f'revision, down_revision, branch_labels, depends_on = "9001", "{head}", None, None\n'
        f'def upgrade() -> None:\n    op.execute("{change}")\n'
    )
    test = "tests/integration/core/test_ratelimit.py::test_subjects_and_rules_are_counted_apart"
    done = run_old_tests(ROOT, new, test)
    assert (done.returncode == 0) == runs, done.stdout[-4000:]
    if not runs:
        assert re.search("column .*allowed.* does not exist", done.stdout)
