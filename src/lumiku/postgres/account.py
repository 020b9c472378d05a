"""The account that PostgreSQL runs as: ours, or an unprivileged one when we are root."""

import os
import pwd
from dataclasses import dataclass
from pathlib import Path

from lumiku.postgres.errors import NotReachable


@dataclass(frozen=True)
class Account:
    """A user of this system.

    Attributes:
        name: for messages.
        uid: number of the user.
        gid: number of its group.
        other: it is not the one we run as, so that we have to become it.
    """

    name: str
    uid: int
    gid: int
    other: bool

    def give(self, path: Path) -> None:
        """Make the account the owner of a file or folder that we just made."""
        if self.other:
            os.chown(path, self.uid, self.gid, follow_symlinks=False)


def choose_account(wanted: str | None, cluster: Path) -> Account:
    """Ours when we are not root; or else the one asked for, the cluster's owner, `postgres` or `nobody`.

    Raises:
        NotReachable: the cluster belongs to an account that we cannot become.
    """
    owner = cluster.stat().st_uid if cluster.exists() else None
    ours = os.geteuid()
    if ours != 0:
        if owner not in {None, ours}:
            raise NotReachable(
                f"{cluster} belongs to {_name(owner)}: run as root or as that account, or give it to "
                f"this one (chown -R {_name(ours)} {cluster.parent})"
            )
        return Account(_name(ours), ours, os.getegid(), other=False)
    entry = _entry(wanted, owner)
    if entry.pw_uid == 0:
        raise NotReachable("PostgreSQL refuses to run as root; name another account in LUMIKU_POSTGRES__USER")
    if owner not in {None, entry.pw_uid}:
        raise NotReachable(
            f"{cluster} belongs to {_name(owner)}, and the server would run as {entry.pw_name}: "
            f"chown -R {entry.pw_name} {cluster}"
        )
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid, other=True)


def _entry(wanted: str | None, owner: int | None) -> pwd.struct_passwd:
    if wanted is None and owner:
        try:
            return pwd.getpwuid(owner)
        except KeyError:
            raise NotReachable(
                f"the database's files belong to the number {owner}, which is no account here"
            ) from None
    for name in (wanted,) if wanted else ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise NotReachable(
        f"there is no account {wanted or 'postgres or nobody'} for the database to run as; "
        "make one and name it in LUMIKU_POSTGRES__USER"
    )


def _name(uid: int | None) -> str:
    try:
        return pwd.getpwuid(uid or 0).pw_name
    except KeyError:
        return str(uid)
