"""Names below the data folder, and addresses made of them."""

import json
from pathlib import Path

import psycopg.conninfo
import pytest
from pydantic import SecretStr, ValidationError

from lumiku.core.settings import DatabaseSettings
from lumiku.postgres.cluster import refuse_other_major, written_major
from lumiku.postgres.errors import NeverStarted, OtherMajor
from lumiku.postgres.layout import APP_ROLE, OWNER_ROLE, SUPERUSER, layout_of
from lumiku.postgres.settings import PostgresSettings
from lumiku.postgres.urls import embedded_urls, external_urls

LONGEST_SOCKET = 107


@pytest.fixture
def started(tmp_path: Path) -> Path:
    """A folder in which a server once ran."""
    layout = layout_of(tmp_path)
    for role in (SUPERUSER, OWNER_ROLE, APP_ROLE):
        layout.password(role).parent.mkdir(parents=True, exist_ok=True)
        layout.password(role).write_text(f"{role}/?@ secret")
    layout.state.write_text(json.dumps({"port": 5432}))
    return tmp_path


def cluster(data: Path, folder: str, version: int) -> None:
    made = data / "postgres" / folder
    made.mkdir(parents=True)
    (made / "PG_VERSION").write_text(f"{version}\n")


@pytest.mark.parametrize("length", range(10, 300, 7))
def test_a_sockets_path_is_never_too_long(length: int) -> None:
    socket = layout_of(Path("/") / ("d" * 20) / ("x" * length)).socket
    assert len(f"{socket}/.s.PGSQL.65535".encode()) < LONGEST_SOCKET


def test_folders_with_long_paths_do_not_share_a_socket() -> None:
    deep = Path("/") / ("d" * 150)
    assert layout_of(deep / "a").socket != layout_of(deep / "b").socket


def test_one_folder_has_one_layout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "link").symlink_to(tmp_path / "data")
    (tmp_path / "data").mkdir()
    assert layout_of(Path("data")) == layout_of(tmp_path / "link") == layout_of(tmp_path / "data")


def test_addresses_carry_any_password_and_show_none(started: Path) -> None:
    urls = embedded_urls(started)
    for url, role in ((urls.app, APP_ROLE), (urls.owner, OWNER_ROLE), (urls.superuser, SUPERUSER)):
        assert url is not None
        parts = psycopg.conninfo.conninfo_to_dict(url)
        assert parts["user"] == role
        assert parts["password"] == f"{role}/?@ secret"
        assert parts["host"] == str(layout_of(started).socket)
    assert "secret" not in repr(urls)


def test_there_are_no_addresses_before_the_first_start(tmp_path: Path) -> None:
    with pytest.raises(NeverStarted, match="lumiku serve"):
        embedded_urls(tmp_path)


def test_an_external_server_by_one_setting() -> None:
    assert external_urls(DatabaseSettings()) is None
    app = SecretStr("postgresql://app@db/lumiku")
    one = external_urls(DatabaseSettings(url=app))
    assert one is not None
    assert one.app == one.owner == app.get_secret_value()
    owner = SecretStr("postgresql://owner@db/lumiku")
    two = external_urls(DatabaseSettings(url=app, owner_url=owner))
    assert two is not None
    assert (two.app, two.owner, two.superuser) == (app.get_secret_value(), owner.get_secret_value(), None)


def test_the_newest_folder_is_the_one_in_use(tmp_path: Path) -> None:
    assert written_major(layout_of(tmp_path)) is None
    refuse_other_major(layout_of(tmp_path), 18)
    cluster(tmp_path, "9", 9)
    cluster(tmp_path, "16", 16)
    with pytest.raises(OtherMajor, match="lumiku db upgrade"):
        refuse_other_major(layout_of(tmp_path), 18)
    cluster(tmp_path, "18", 18)
    assert layout_of(tmp_path).majors() == [9, 16, 18]
    refuse_other_major(layout_of(tmp_path), 18)
    with pytest.raises(OtherMajor, match="newer Lumiku"):
        refuse_other_major(layout_of(tmp_path), 16)


def test_what_a_folder_holds_counts_more_than_its_name(tmp_path: Path) -> None:
    cluster(tmp_path, "18", 16)
    with pytest.raises(OtherMajor, match="written by PostgreSQL 16"):
        refuse_other_major(layout_of(tmp_path), 18)


@pytest.mark.parametrize("name", ["fsync", "FSYNC", "full_page_writes", "port", "unix_socket_permissions"])
def test_settings_that_lose_rows_or_open_doors_are_refused(name: str) -> None:
    with pytest.raises(ValidationError, match="Lumiku decides"):
        PostgresSettings(options={name: "off"})
    assert PostgresSettings(options={"shared_buffers": "1GB"}).options
