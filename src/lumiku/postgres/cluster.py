"""The cluster's folder: made whole or not at all, and never one of another major version."""

import os
import secrets
import shutil
import stat
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from lumiku.core.durable import sync
from lumiku.postgres.account import Account
from lumiku.postgres.binaries import Binaries
from lumiku.postgres.errors import NotReachable, OtherMajor, ServerFailed
from lumiku.postgres.layout import APP_ROLE, OWNER_ROLE, SUPERUSER, Layout
from lumiku.postgres.leftovers import clear_leftovers
from lumiku.postgres.spawn import run_as

UNFINISHED: Final = ".unfinished-"
# The same order and case of text on every system and in every version, whatever locales are installed.
_LOCALE: Final = ("--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8")
_OLD_LOCALE: Final = ("--encoding=UTF8", "--locale=C.UTF-8")  # before PostgreSQL 17 the system's own


def refuse_other_major(layout: Layout, major: int) -> None:
    """Let nothing but an empty folder or this major version's cluster pass.

    Raises:
        OtherMajor: another version wrote it; the message says what to do.
    """
    if (layout.home / "PG_VERSION").exists():
        raise OtherMajor(
            f"{layout.home} is itself a PostgreSQL data folder that Lumiku did not make; nothing was "
            "changed. Choose another data folder, or name its own server in LUMIKU_DATABASE__URL"
        )
    written = written_major(layout)
    if written is None or written == major:
        return
    if written > major:
        raise OtherMajor(
            f"{layout.home} was written by PostgreSQL {written}, and this Lumiku brings {major}; nothing was "
            "changed. Use the newer Lumiku again, or restore a backup into another data folder"
        )
    raise OtherMajor(
        f"{layout.home} was written by PostgreSQL {written}, and this Lumiku brings {major}; nothing was "
        "changed. Run `lumiku db upgrade`"
    )


def written_major(layout: Layout) -> int | None:
    """The version of the cluster in use, by what is in it; None: there is none yet."""
    majors = layout.majors()
    if not majors:
        return None
    return int((layout.cluster(majors[-1]) / "PG_VERSION").read_text())


def prepare_home(layout: Layout, account: Account) -> None:
    """The folder itself, passable for the server's account, with the passwords in it.

    Raises:
        NotReachable: a folder above is closed to the account. We open nobody's folders.
    """
    try:
        layout.home.mkdir(parents=True, exist_ok=True, mode=0o711)
        layout.home.chmod(0o711 if account.other else 0o700)
        passwords = layout.password(OWNER_ROLE).parent
        passwords.mkdir(exist_ok=True, mode=0o700)
        for role in (SUPERUSER, OWNER_ROLE, APP_ROLE):
            _keep_password(layout.password(role))
    except PermissionError as error:
        raise NotReachable(
            f"{error.filename} cannot be used by {account.name}; choose another data folder"
        ) from error
    if account.other:
        for folder in layout.home.parents:
            if not _passable(folder, account):
                raise NotReachable(
                    f"{account.name}, the account that the database runs as, cannot enter {folder}; choose a "
                    f"data folder outside it, such as /var/lib/lumiku, or run chmod o+x {folder}"
                )


def prepare_socket(layout: Layout, account: Account) -> None:
    """The socket's folder, 0700 and empty; only the lock's owner may call this, when no server is left.

    Raises:
        NotReachable: it is somebody else's, as may happen below /tmp.
    """
    folder = layout.socket
    try:
        folder.mkdir(mode=0o700)
        account.give(folder)
    except FileExistsError:
        pass
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid not in {account.uid, os.geteuid()}:
        raise NotReachable(f"{folder} belongs to another account; remove it, or choose another data folder")
    account.give(folder)
    folder.chmod(0o700)
    for stale in folder.glob(".s.PGSQL.*"):  # its lock believes in numbers as the pid file does
        stale.unlink()


def make_cluster(layout: Layout, binaries: Binaries, account: Account) -> None:
    """An empty cluster: made in a temporary folder and renamed when it is whole and on the disk."""
    cluster = layout.cluster(binaries.major)
    if cluster.exists() and any(cluster.iterdir()):
        raise ServerFailed(
            f"{cluster} is no PostgreSQL data folder, and not empty: move it away, then restore a backup"
        )
    with unfinished_cluster(layout, binaries, account) as unfinished:
        unfinished.rename(cluster)
        sync(layout.home)


@contextmanager
def unfinished_cluster(
    layout: Layout, binaries: Binaries, account: Account, flags: Sequence[str] = ()
) -> Iterator[Path]:
    """A fresh cluster under a temporary name; gone at the end of the block unless it was renamed."""
    remove_unfinished(layout)
    unfinished = Path(tempfile.mkdtemp(prefix=UNFINISHED, dir=layout.home))
    # The server's account reads it, and cannot read the one that we keep.
    password = layout.socket / "initdb-password"
    password.unlink(missing_ok=True)
    try:
        account.give(unfinished)
        _write_secret(password, layout.password(SUPERUSER).read_text())
        account.give(password)
        run_as(
            [
                binaries.program("initdb"),
                f"--pgdata={unfinished}",
                f"--username={SUPERUSER}",
                f"--pwfile={password}",
                "--auth=scram-sha-256",
                "--no-clean",  # we do that, after having looked how full the disk is
                *(_LOCALE if binaries.major >= 17 else _OLD_LOCALE),
                *flags,
            ],
            account,
            cwd=layout.home,
        )
        password.unlink()
        yield unfinished
    finally:
        password.unlink(missing_ok=True)
        shutil.rmtree(unfinished, ignore_errors=True)


def remove_unfinished(layout: Layout) -> None:
    """What a killed initdb or upgrade left; only the owner of the lock may call this."""
    for folder in layout.home.glob(f"{UNFINISHED}*"):
        clear_leftovers(folder)
        shutil.rmtree(folder, ignore_errors=True)


def _keep_password(path: Path) -> None:
    if path.exists():
        return
    unfinished = path.with_name(f".{path.name}")
    unfinished.unlink(missing_ok=True)
    _write_secret(unfinished, secrets.token_urlsafe(32))
    unfinished.rename(path)
    sync(path.parent)


def _write_secret(path: Path, secret: str) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(secret)
        file.flush()
        os.fsync(descriptor)


def _passable(folder: Path, account: Account) -> bool:
    found = folder.stat()
    if found.st_uid == account.uid:
        return bool(found.st_mode & stat.S_IXUSR)
    if found.st_gid == account.gid:
        return bool(found.st_mode & stat.S_IXGRP)
    return bool(found.st_mode & stat.S_IXOTH)
