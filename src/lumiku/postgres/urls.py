"""The addresses of the database, by role."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, urlencode

from lumiku.core.settings import DatabaseSettings
from lumiku.postgres.errors import NeverStarted, NotReachable
from lumiku.postgres.layout import APP_ROLE, DATABASE, OWNER_ROLE, SUPERUSER, Layout, layout_of


@dataclass(frozen=True)
class DatabaseUrls:
    """`postgresql://` addresses with passwords, which therefore never show in a repr.

    Attributes:
        app: of the application's role, which may do the least.
        owner: of the role that owns the tables and runs migrations.
        superuser: of the server's superuser; only an embedded server gives it.
    """

    app: str = field(repr=False)
    owner: str = field(repr=False)
    superuser: str | None = field(default=None, repr=False)


def embedded_urls(data: Path) -> DatabaseUrls:
    """The addresses of the server below a data folder, whether it runs now or not.

    Raises:
        NeverStarted: no server ever ran there.
        NotReachable: the files with the passwords belong to another account.
    """
    layout = layout_of(data)
    try:
        listening = json.loads(layout.state.read_text())
        return DatabaseUrls(
            *(_url(layout, role, listening["port"]) for role in (APP_ROLE, OWNER_ROLE, SUPERUSER))
        )
    except FileNotFoundError:
        raise NeverStarted("no database was ever started in this data folder; run `lumiku serve`") from None
    except PermissionError as error:
        raise NotReachable(
            "the database's files belong to another account; run this as the one that runs `lumiku serve`"
        ) from error


def external_urls(settings: DatabaseSettings) -> DatabaseUrls | None:
    """The addresses that the settings name; None: the embedded server is meant."""
    if settings.url is None:
        return None
    owner = settings.owner_url or settings.url
    return DatabaseUrls(app=settings.url.get_secret_value(), owner=owner.get_secret_value())


def _url(layout: Layout, role: str, port: int) -> str:
    password = layout.password(role).read_text().strip()
    where = urlencode({"host": str(layout.socket), "port": port})
    return f"postgresql://{role}:{quote(password, safe='')}@/{DATABASE}?{where}"
