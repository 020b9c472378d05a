"""Calls of `lumiku serve` that cannot work end at once, with a line that says why."""

import socket

import pytest

from support.database import create_empty, query, url_of
from support.serving import answers, data_folder, serving


@pytest.mark.parametrize(
    ("arguments", "environment", "status", "words"),
    [
        (["--open", "--host", "0.0.0.0"], {}, 2, "--force-open"),
        (["--host", "192.0.2.1"], {}, 1, "192.0.2.1 is no address of this machine"),
        ([], {"LUMIKU_SERVER__PORT": "many"}, 2, "LUMIKU_SERVER__PORT"),
        ([], {"LUMIKU_SERVER__TRUSTED_PROXIES": '["proxy"]'}, 3, "trusted proxies must be"),
        ([], {"LUMIKU_DATABASE__URL": "postgresql://u:hunter22@127.0.0.1:1/x"}, 3, "does not answer"),
        (["--only", "api"], {}, 3, "no database was ever started"),
        (["--only", "worker"], {"LUMIKU_MAIL__HOST": "127.0.0.1"}, 2, "LUMIKU_SERVER__PUBLIC_URL"),
        (
            ["--only", "worker"],
            {"LUMIKU_MAIL__HOST": "127.0.0.1", "LUMIKU_SERVER__PUBLIC_URL": "https://a.example"},
            3,
            "no database was ever started",
        ),
    ],
)
def test_what_cannot_work(arguments: list[str], environment: dict[str, str], status: int, words: str) -> None:
    with (
        data_folder() as data,
        serving("serve", "--port", "0", "--data", str(data), *arguments, environment=environment) as refused,
    ):
        assert refused.wait() == status, refused.log
        assert words in refused.log[-1]
        assert "hunter22" not in "".join(refused.log)


def test_a_worker_does_not_touch_a_database_that_is_not_up_to_date(postgres_socket: str) -> None:
    url = url_of(postgres_socket, create_empty(postgres_socket), "app")
    environment = {"LUMIKU_DATABASE__URL": url}
    with (
        data_folder() as data,
        serving("worker", "--data", str(data), environment=environment) as refused,
    ):
        assert refused.wait() == 3
        assert "worker process 1 cannot be started" in refused.log[-1]
        assert "lumiku db migrate" in refused.log[-1]


def test_an_external_database_is_used_and_left_running(postgres_socket: str) -> None:
    name = create_empty(postgres_socket)
    environment = {
        "LUMIKU_DATABASE__URL": url_of(postgres_socket, name, "app"),
        "LUMIKU_DATABASE__OWNER_URL": url_of(postgres_socket, name, "owner"),
    }
    with (
        data_folder() as data,
        serving("serve", "--port", "0", "--data", str(data), environment=environment) as started,
    ):
        assert answers(started.wait_ready())
        assert started.children("postgres") == []
        assert started.stop() == 0
        assert not (data / "postgres").exists()
    assert query(environment["LUMIKU_DATABASE__URL"], "SELECT count(*) FROM worker_heartbeats") == [(0,)]


def test_open_mode_needs_no_account_and_takes_no_other_sites_requests() -> None:
    import httpx

    with data_folder() as data, serving("serve", "--open", "--port", "0", "--data", str(data)) as started:
        url = started.wait_ready()
        assert any(line.startswith("Open mode") for line in started.lines)
        assert httpx.get(f"{url}/api/webhooks", timeout=30).status_code == 200
        elsewhere = {"Origin": "https://evil.example"}
        assert httpx.post(f"{url}/api/webhooks", headers=elsewhere, json={}, timeout=30).status_code == 403
        rebound = {"Host": "evil.example"}
        assert httpx.get(f"{url}/api/webhooks", headers=rebound, timeout=30).status_code == 403
        assert started.stop() == 0


def test_a_port_that_is_only_closing_is_no_obstacle() -> None:
    from lumiku.serve.listen import listen

    with listen("127.0.0.1", 0) as first:
        port = first.getsockname()[1]
        with socket.create_connection(("127.0.0.1", port)):
            accepted, _ = first.accept()
            accepted.close()
    with listen("127.0.0.1", port) as again:
        assert again.getsockname()[1] == port
