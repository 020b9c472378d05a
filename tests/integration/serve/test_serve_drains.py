"""SIGTERM while people use it: what was answered is there afterwards, and it ends in time."""

import itertools
import signal
import socket
import threading
import time

import httpx
import psycopg

from lumiku.postgres.server import PostgresServer
from lumiku.postgres.settings import PostgresSettings
from support.serving import Serving, alive, below, data_folder, register, serving

CLIENTS = 6


def test_what_was_acknowledged_survives_a_stop_under_load(shared: Serving) -> None:
    acknowledged: list[str] = []
    odd: list[int] = []
    enough = threading.Event()

    def keep_registering(client_number: int) -> None:
        for number in itertools.count():
            address = f"c{client_number}n{number}@example.org"
            try:
                with httpx.Client(base_url=shared.url, timeout=30) as client:
                    status = register(client, address)
            except httpx.HTTPError:  # nothing was promised
                if shared.process.poll() is not None:
                    return
                continue
            if status < 300:
                acknowledged.append(address)
            elif status != 503:
                odd.append(status)
            if len(acknowledged) >= 3 * CLIENTS:
                enough.set()

    threads = [threading.Thread(target=keep_registering, args=(number,)) for number in range(CLIENTS)]
    for thread in threads:
        thread.start()
    assert enough.wait(120)
    processes = below(shared.process.pid)
    assert shared.stop(signal.SIGTERM) == 0
    for thread in threads:
        thread.join(60)
    assert odd == []
    assert not any(alive(pid) for pid in processes)
    assert not any("killed" in line for line in shared.log), shared.log[-20:]

    server = PostgresServer(shared.data, PostgresSettings())
    server.start()
    try:
        with psycopg.connect(server.urls.app) as connection:
            kept = {row[0] for row in connection.execute("SELECT email FROM users")}
            unpaid = connection.execute(
                "SELECT count(*) FROM users u LEFT JOIN credit_accounts c ON c.user_id = u.id"
                " WHERE c.user_id IS NULL"
            ).fetchone()
    finally:
        server.stop()
    assert set(acknowledged) - kept == set()
    assert unpaid == (0,)


def test_a_slow_upload_has_all_the_time_that_a_stop_may_take() -> None:
    body = b'{"email": "slow@example.org", "password": "correct horse battery", "name": "A"}'
    head = f"POST /api/auth/register HTTP/1.1\r\nHost: a\r\nContent-Length: {len(body)}\r\n"
    longer = {"LUMIKU_SERVER__DRAIN_S": "10"}
    with (
        data_folder() as data,
        serving("serve", "--port", "0", "--data", str(data), environment=longer) as started,
    ):
        url = httpx.URL(started.wait_ready())
        with socket.create_connection((url.host, url.port or 0), timeout=60) as client:
            client.sendall(f"{head}Content-Type: application/json\r\n\r\n".encode() + body[:20])
            time.sleep(0.3)  # it is being read
            started.process.send_signal(signal.SIGTERM)
            time.sleep(6)  # more than half of the time
            client.sendall(body[20:])
            assert client.recv(12) == b"HTTP/1.1 201"
        assert started.process.wait(60) == 0
