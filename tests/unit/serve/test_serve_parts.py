"""The small parts of the supervisor: back-off, reports, environment, plans, data folder."""

import itertools
import json
import os
from pathlib import Path

import pytest

from lumiku.core.settings import ServerSettings
from lumiku.serve.backoff import Backoff
from lumiku.serve.environment import environment_of
from lumiku.serve.errors import DataFolderUnusable
from lumiku.serve.run import Plan, prepare_data_folder
from lumiku.serve.status import Report, Reporter, reports_in
from lumiku.settings import Settings


def test_the_wait_doubles_up_to_a_limit_and_starts_again() -> None:
    backoff = Backoff()
    waits = [backoff.fail() for _ in range(12)]
    assert waits[0] < 0.5
    assert all(later == min(2 * earlier, 20) for earlier, later in itertools.pairwise(waits))
    backoff.forget()
    assert backoff.fail() == waits[0]


def test_reports_come_through_a_pipe_in_whatever_pieces() -> None:
    reading, writing = os.pipe()
    reporter = Reporter(writing)
    reporter.ready()
    reporter.failed("no\nway", final=True)
    data = os.read(reading, 4096)
    os.close(reading)
    reporter.ready()  # nobody listens any more, which harms nothing
    os.close(writing)
    found, rest = [], b""
    for byte in data:
        reports, rest = reports_in(rest + bytes([byte]))
        found += reports
    assert found == [Report(ready=True), Report(failure="no\nway", final=True)]
    assert rest == b""


def test_children_read_the_same_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("LUMIKU_SERVER__HOST", "192.0.2.7")
    monkeypatch.setenv("lumiku_server__public_url", "https://old.example")
    monkeypatch.setenv("LUMIKU_LOG__LEVEL", "debug")
    server = ServerSettings(
        data=tmp_path, port=9, trusted_proxies=("10.0.0.0/8", "unix"), open=True, drain_s=3.5, host="::1"
    )
    environment = environment_of(server, {"MORE": "1"})
    assert environment["MORE"] == "1"
    for name in list(os.environ):
        if name.upper().startswith("LUMIKU_"):
            monkeypatch.delenv(name)
    for name, value in environment.items():
        if name.startswith("LUMIKU_"):
            monkeypatch.setenv(name, value)
    assert Settings().server == server
    assert Settings().log.level == "debug"
    assert "secret" not in json.dumps(environment).lower()


def test_plans() -> None:
    assert Plan.of(None) == Plan(api=True, worker=True, database=True)
    assert Plan.of("worker") == Plan(api=False, worker=True, database=False)
    assert Plan.of("database") == Plan(api=False, worker=False, database=True)


def test_the_data_folder_is_private_and_must_be_a_folder(tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "data"
    prepare_data_folder(folder)
    assert folder.stat().st_mode & 0o066 == 0
    prepare_data_folder(folder)
    (tmp_path / "file").touch()
    with pytest.raises(DataFolderUnusable, match="cannot be made"):
        prepare_data_folder(tmp_path / "file" / "data")


@pytest.mark.parametrize(
    ("host", "loopback", "url"),
    [
        ("127.0.0.1", True, "http://127.0.0.1:8000"),
        ("127.8.8.8", True, "http://127.8.8.8:8000"),
        ("::1", True, "http://[::1]:8000"),
        ("localhost", True, "http://localhost:8000"),
        ("0.0.0.0", False, "http://127.0.0.1:8000"),
        ("::", False, "http://[::1]:8000"),
        ("192.168.1.4", False, "http://192.168.1.4:8000"),
        ("server.example", False, "http://server.example:8000"),
    ],
)
def test_where_it_listens(host: str, loopback: bool, url: str) -> None:
    settings = ServerSettings(host=host)
    assert settings.on_loopback is loopback
    assert settings.base_url == url
    assert ServerSettings(host=host, public_url="https://a.example/x/").base_url == "https://a.example/x"
