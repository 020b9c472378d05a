"""`lumiku user`: accounts by hand, on the machine of the server."""

import json
import os
import sys
from collections.abc import Callable, Coroutine
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeVar

import typer

from lumiku.cli.database import Data, with_database
from lumiku.cli.errors import UsageFault, writing_failed
from lumiku.cli.flags import PanelledCommand
from lumiku.cli.listing import Json, print_json

if TYPE_CHECKING:
    from lumiku.accounts.model import User
    from lumiku.core.db import Database

app = typer.Typer(help="Make, promote, suspend, export and delete accounts.", no_args_is_help=True)

Address = Annotated[str, typer.Argument(metavar="EMAIL", help="Whose account.", show_default=False)]
Result = TypeVar("Result")


@app.command(cls=PanelledCommand)
def create(
    address: Address,
    *,
    name: Annotated[str, typer.Option(help="Shown in the account.")] = "",
    admin: Annotated[bool, typer.Option("--admin", help="May administer.")] = False,
    language: Annotated[Literal["en", "id"], typer.Option(help="Of mails.")] = "en",
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="Read the password from standard input.")
    ] = False,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Make an account with the welcome bonus; without a password, a link to set one is printed.

    Examples:
        lumiku user create anna@example.org
        lumiku user create root@example.org --admin --password-stdin < password.txt
    """
    password = sys.stdin.readline().rstrip("\r\n") if password_stdin else None

    async def run(db: "Database") -> "tuple[User, str | None]":
        from lumiku.accounts.create_user import NewUser, create_user
        from lumiku.accounts.passwords import Passwords
        from lumiku.bootstrap import account_hooks
        from lumiku.core.clock import utc_now
        from lumiku.settings import Settings

        settings = Settings()
        passwords = Passwords(settings.accounts)
        user = await create_user(
            db,
            NewUser(address, name, "admin" if admin else "user", language, password),
            passwords=passwords,
            hooks=account_hooks(settings),
            actor_id=None,
            now=utc_now(),
        )
        passwords.close()
        return user, await _link(db, user, data) if password is None else None

    user, link = with_database(data, run)
    if as_json:
        typer.echo(json.dumps({"id": str(user.id), "email": user.email, "role": user.role, "link": link}))
        return
    typer.echo(f"{user.email} has an account ({user.role}).")
    if link is not None:
        typer.echo(f"Set its password at {link}")


@app.command(cls=PanelledCommand)
def promote(
    address: Address,
    *,
    role: Annotated[Literal["admin", "user"], typer.Option(help="The new role.")] = "admin",
    data: Data = None,
) -> None:
    """Make somebody an administrator, or (`--role user`) no longer one; it counts from their next request on.

    Examples:
        lumiku user promote anna@example.org
        lumiku user promote anna@example.org --role user
    """

    async def run(db: "Database", user: "User") -> "User":
        from lumiku.accounts.admins import promote

        return await promote(db, user.id, role, actor_id=None)

    user = _with_user(data, address, run)
    typer.echo(f"{user.email} is {'an administrator' if user.role == 'admin' else 'a user'}.")


@app.command(cls=PanelledCommand, name="list")
def list_(
    *,
    search: Annotated[str, typer.Option(metavar="TEXT", help="Part of an address or a name.")] = "",
    page: Annotated[int, typer.Option(min=1, help="Which page.")] = 1,
    limit: Annotated[int, typer.Option(min=1, max=100, help="Accounts on a page.")] = 100,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """List accounts, the newest first.

    Examples:
        lumiku user list
        lumiku user list --search example.org --json
    """

    async def run(db: "Database") -> "tuple[list[User], int]":
        from lumiku.accounts.list_users import list_users
        from lumiku.core.page import Page

        listed = await list_users(db, Page(page, limit), search=search)
        return list(listed.items), listed.total

    users, total = with_database(data, run)
    if as_json:
        print_json({"users": [asdict(user) for user in users], "total": total})
        return
    for user in users:
        typer.echo(f"{user.created_at:%Y-%m-%d}  {user.role:5}  {user.status:9}  {user.email}  {user.name}")
    typer.echo(f"{len(users)} of {total} accounts")


@app.command(cls=PanelledCommand)
def export(
    address: Address,
    *,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="Else standard output.")
    ] = None,
    data: Data = None,
) -> None:
    """Everything that is kept about a person, as JSON; the file is readable by you alone.

    Examples:
        lumiku user export anna@example.org -o anna.json
    """

    async def run(db: "Database", user: "User") -> dict[str, Any]:
        from lumiku.accounts.export_account import export_account
        from lumiku.bootstrap import account_hooks
        from lumiku.core.clock import utc_now
        from lumiku.settings import Settings

        hooks = account_hooks(Settings())
        return await export_account(db, user.id, hooks=hooks, actor_id=None, now=utc_now())

    text = json.dumps(_with_user(data, address, run), indent=2, ensure_ascii=False) + "\n"
    if output is None:
        typer.echo(text, nl=False)
        return
    try:
        with os.fdopen(os.open(output, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(text)
    except OSError as error:
        raise writing_failed(error) from error


@app.command(cls=PanelledCommand)
def delete(
    address: Address,
    *,
    yes: Annotated[bool, typer.Option("--yes", help="Do it; without this, nothing happens.")] = False,
    data: Data = None,
) -> None:
    """Erase an account: address, name, password, sessions and keys. Its ledger stays, naming nobody.

    Refused while credits are held for work in progress.

    Examples:
        lumiku user delete anna@example.org --yes
    """
    if not yes:
        raise UsageFault(f"This erases the account of {address} for good: add --yes.")

    async def run(db: "Database", user: "User") -> None:
        from lumiku.accounts.delete_account import delete_account
        from lumiku.bootstrap import account_hooks
        from lumiku.core.clock import utc_now
        from lumiku.settings import Settings

        await delete_account(db, user.id, hooks=account_hooks(Settings()), actor_id=None, now=utc_now())

    _with_user(data, address, run)
    typer.echo(f"The account of {address} is gone.")


@app.command(cls=PanelledCommand, name="reset-link")
def reset_link(address: Address, *, data: Data = None) -> None:
    """Print a link that sets a new password; it works once, for an hour. No mail is sent.

    Examples:
        lumiku user reset-link anna@example.org
    """
    typer.echo(_with_user(data, address, lambda db, user: _link(db, user, data)))


@app.command(cls=PanelledCommand, name="revoke-sessions")
def revoke_sessions(
    address: Address,
    *,
    keys: Annotated[bool, typer.Option("--keys", help="Revoke all API keys too.")] = False,
    data: Data = None,
) -> None:
    """Log somebody out everywhere, at once; open links to set a password end too.

    Examples:
        lumiku user revoke-sessions anna@example.org
        lumiku user revoke-sessions anna@example.org --keys
    """

    async def run(db: "Database", user: "User") -> int:
        from lumiku.accounts.end_sessions import end_sessions
        from lumiku.core.clock import utc_now

        return await end_sessions(db, user.id, actor_id=None, now=utc_now(), keys_too=keys)

    ended = _with_user(data, address, run)
    typer.echo(f"{ended} sessions{' and keys' if keys else ''} ended.")


@app.command(cls=PanelledCommand)
def suspend(address: Address, *, data: Data = None) -> None:
    """Shut somebody out: sessions end, password and keys are refused. What was paid for is done.

    Examples:
        lumiku user suspend anna@example.org
    """

    async def run(db: "Database", user: "User") -> "User":
        from lumiku.accounts.suspend import suspend
        from lumiku.core.clock import utc_now

        return await suspend(db, user.id, actor_id=None, now=utc_now())

    typer.echo(f"{_with_user(data, address, run).email} is suspended.")


@app.command(cls=PanelledCommand)
def restore(address: Address, *, data: Data = None) -> None:
    """Let somebody in again who was suspended; their keys work again.

    Examples:
        lumiku user restore anna@example.org
    """

    async def run(db: "Database", user: "User") -> "User":
        from lumiku.accounts.suspend import restore

        return await restore(db, user.id, actor_id=None)

    typer.echo(f"{_with_user(data, address, run).email} is active.")


@app.command(cls=PanelledCommand, name="change-address")
def change_address(
    address: Address,
    new: Annotated[str, typer.Argument(metavar="NEW", help="The new address.", show_default=False)],
    *,
    data: Data = None,
) -> None:
    """Give an account another address. No mail is sent: you vouch for it.

    Examples:
        lumiku user change-address anna@example.org anna@example.com
    """

    async def run(db: "Database", user: "User") -> "User":
        from lumiku.accounts.change_address import set_address

        return await set_address(db, user.id, new, actor_id=None)

    typer.echo(f"The account's address is {_with_user(data, address, run).email}.")


@app.command(cls=PanelledCommand, name="rotate-signing-key")
def rotate_signing_key(*, data: Data = None) -> None:
    """Sign new sessions with a new key after the next start; sessions signed by the last three stay.

    Examples:
        lumiku user rotate-signing-key
    """
    from lumiku.core.secrets import rotate_secrets
    from lumiku.settings import Settings

    secrets = rotate_secrets(data or Settings().server.data)
    typer.echo(f"Key {secrets.keys[0].id} signs after the next start of the server.")


async def _link(db: "Database", user: "User", data: Path | None) -> str:
    from lumiku.accounts.links import make_link
    from lumiku.core.clock import utc_now
    from lumiku.core.served import known_address
    from lumiku.settings import Settings

    settings = Settings()
    async with db.transaction() as tx:
        token = await make_link(tx, user.id, "password_reset", settings=settings.accounts, now=utc_now())
    address = known_address(settings.server, data or settings.server.data)
    return f"{address}/reset-password#token={token}"


def _with_user(
    data: Path | None, address: str, run: "Callable[[Database, User], Coroutine[Any, Any, Result]]"
) -> Result:
    """What `run` gives for the person with this address."""

    async def find_and_run(db: "Database") -> Result:
        from lumiku.accounts.repository import find_user_by_address

        async with db.transaction() as tx:
            user = await find_user_by_address(tx, address)
        return await run(db, user)

    return with_database(data, find_and_run)
