"""The built wheel alone, in an environment of its own, makes the schema from nothing."""

import os
import shutil
import subprocess
import sysconfig
import venv
from pathlib import Path

import pytest

from lumiku.migrations.run import packaged_revisions
from support import database
from support.database import query

ROOT = Path(__file__).parents[2]
REVISIONS = [revision.revision for revision in packaged_revisions().walk_revisions()][::-1]


def run(*command: str | Path, **variables: str) -> str:
    inherited = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ}
    done = subprocess.run(
        command,
        env={**inherited, **variables},
        cwd="/",
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )
    assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The programs of an environment with the wheel; its dependencies are those of this environment."""
    uv = ROOT / ".cache/tools/bin/uv"
    uv_path = str(uv) if uv.exists() else shutil.which("uv")
    if uv_path is None:
        pytest.skip("uv, which builds the wheel, is not there: scripts/setup installs it")
    folder = tmp_path_factory.mktemp("wheel")
    build = [uv_path, "build", "--quiet", "--wheel", "--out-dir", str(folder / "dist"), str(ROOT)]
    if subprocess.run([*build, "--offline"], capture_output=True, check=False).returncode:
        run(*build)  # the first time: hatchling comes from the registry
    (wheel,) = (folder / "dist").glob("*.whl")
    venv.create(folder / "env", with_pip=False, symlinks=True)
    python = folder / "env/bin/python"
    install = ["pip", "install", "--quiet", "--offline", "--no-deps", "--python", str(python), str(wheel)]
    run(uv_path, *install)
    packages = Path(run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))").strip())
    # Only the folder: the .pth files in it, of which one points to our sources, are not read.
    (packages / "dependencies.pth").write_text(sysconfig.get_path("purelib"))
    return folder / "env/bin"


def test_the_code_is_the_wheels_and_not_the_checkouts(installed: Path) -> None:
    where = run(installed / "python", "-c", "import lumiku; print(lumiku.__file__)")
    assert Path(where.strip()).is_relative_to(installed.parent)


def test_the_wheel_migrates_an_empty_database_and_finds_it_right(
    installed: Path, postgres_socket: str, empty_name: str, empty_url: str, tmp_path: Path
) -> None:
    variables = {
        "LUMIKU_DATABASE__URL": database.url_of(postgres_socket, empty_name, "app"),
        "LUMIKU_DATABASE__OWNER_URL": empty_url,
        "LUMIKU_SERVER__DATA": str(tmp_path),
    }
    assert run(installed / "lumiku", "db", "migrate", **variables).splitlines() == [
        f"applied {name}" for name in REVISIONS
    ]
    assert run(installed / "lumiku", "db", "migrate", **variables).splitlines() == ["nothing to do"]
    assert "as this release expects it" in run(installed / "lumiku", "db", "verify", **variables)
    assert query(empty_url, "SELECT count(*) FROM background_removal_jobs") == [(0,)]


def test_the_wheel_names_a_table_that_is_missing(
    installed: Path, owner_url: str, database_url: str, tmp_path: Path
) -> None:
    query(owner_url, "DROP TABLE background_removal_jobs")
    variables = {"LUMIKU_DATABASE__URL": database_url, "LUMIKU_SERVER__DATA": str(tmp_path)}
    with pytest.raises(AssertionError, match="table background_removal_jobs: is missing"):
        run(installed / "lumiku", "db", "verify", **variables)
