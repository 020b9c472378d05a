"""From an older major version's cluster to this one's, by pg_upgrade; the old one stays as it was."""

import re
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from lumiku.core.durable import sync
from lumiku.postgres.account import Account, choose_account
from lumiku.postgres.binaries import Binaries, find_binaries, find_major, readable_by
from lumiku.postgres.cluster import (
    UNFINISHED,
    prepare_home,
    prepare_socket,
    refuse_other_major,
    remove_unfinished,
    unfinished_cluster,
    written_major,
)
from lumiku.postgres.errors import DiskFull, NeverStarted
from lumiku.postgres.layout import SUPERUSER, Layout, layout_of
from lumiku.postgres.leftovers import clear_leftovers
from lumiku.postgres.lock import OwnerLock
from lumiku.postgres.settings import PostgresSettings
from lumiku.postgres.spawn import run_as

_SPARE_BYTES: Final = 200_000_000  # an empty cluster with its log


@dataclass(frozen=True)
class Upgraded:
    """What came of it.

    Attributes:
        before: the major version that wrote the folder.
        after: the one that writes it now.
        kept: the old cluster's folder, unchanged; none if there was nothing to do.
    """

    before: int
    after: int
    kept: Path | None


def upgrade(data: Path, settings: PostgresSettings, older: Path | None = None) -> Upgraded:
    """Copy the cluster into this major version's form; a kill at any moment leaves the old one in use.

    Args:
        data: the data folder; nobody may be running its server.
        settings: of the embedded server.
        older: folder of the old version's programs, if Lumiku does not bring them.

    Raises:
        NeverStarted: there is no cluster.
        OtherMajor: a newer version wrote it.
        AlreadyRunning: its server runs.
        BinariesMissing: the old version's programs are not there.
        DiskFull: there is no room for the copy.
        ServerFailed: pg_upgrade refused, with its own last word; nothing was changed.
    """
    layout = layout_of(data)
    new = find_binaries(settings.binaries)
    before = written_major(layout)
    if before is None:
        raise NeverStarted(f"there is no database in {data} yet")
    if before >= new.major:
        refuse_other_major(layout, new.major)
        return Upgraded(before, new.major, kept=None)
    old = find_major(before, older)
    lock = OwnerLock(layout.lock)
    account = choose_account(settings.user, layout.cluster(layout.majors()[-1]))
    prepare_home(layout, account)
    lock.take()
    try:
        _upgrade(layout, old, new, account)
    finally:
        lock.release()
    return Upgraded(before, new.major, kept=layout.cluster(before))


def _upgrade(layout: Layout, old: Binaries, new: Binaries, account: Account) -> None:
    source = layout.cluster(layout.majors()[-1])
    if source != layout.cluster(old.major):  # put there by hand, under this version's name
        source = source.rename(layout.cluster(old.major))
    needed = sum(path.lstat().st_size for path in source.rglob("*")) + _SPARE_BYTES
    free = shutil.disk_usage(layout.home).free
    if free < needed:
        raise DiskFull(
            f"the upgrade copies the database and needs {needed:,} bytes, but {layout.home} has {free:,}; "
            "nothing was changed"
        )
    old = readable_by(account, old, layout.copied_binaries)
    new = readable_by(account, new, layout.copied_binaries)
    clear_leftovers(source)
    remove_unfinished(layout)
    prepare_socket(layout, account)
    state = _control(old, source, account)
    if state["Database cluster state"] != "shut down":
        _recover(old, source, account)
    flags = [f"--wal-segsize={int(state['Bytes per WAL segment']) // 2**20}"]
    if state["Data page checksum version"] == "0":
        flags.append("--no-data-checksums")
    with unfinished_cluster(layout, new, account, flags) as unfinished:
        work = Path(tempfile.mkdtemp(prefix=UNFINISHED, dir=layout.home))
        account.give(work)
        try:
            _run_upgrade(layout, (old, source), (new, unfinished), account, work)
        finally:
            shutil.rmtree(work, ignore_errors=True)
        unfinished.rename(layout.cluster(new.major))
        sync(layout.home)


def _run_upgrade(
    layout: Layout,
    source: tuple[Binaries, Path],
    target: tuple[Binaries, Path],
    account: Account,
    work: Path,
) -> None:
    run_as(
        [
            target[0].program("pg_upgrade"),
            f"--old-bindir={source[0].folder}",
            f"--old-datadir={source[1]}",
            f"--new-bindir={target[0].folder}",
            f"--new-datadir={target[1]}",
            f"--socketdir={layout.socket}",
            f"--username={SUPERUSER}",
        ],
        account,
        cwd=work,
        environment={"PGPASSWORD": layout.password(SUPERUSER).read_text().strip()},
    )


def _recover(old: Binaries, cluster: Path, account: Account) -> None:
    """Start and stop the old version once in single-user mode, so that its log is played back."""
    run_as([old.program("postgres"), "--single", "-D", cluster, "postgres"], account, cwd=cluster)


def _control(binaries: Binaries, cluster: Path, account: Account) -> dict[str, str]:
    said = run_as([binaries.program("pg_controldata"), f"--pgdata={cluster}"], account, cwd=cluster)
    return dict(re.findall(r"^([^:\n]+):\s+(.*)$", said, re.MULTILINE))
