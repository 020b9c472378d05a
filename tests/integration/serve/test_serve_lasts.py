"""`lumiku serve` from an empty folder, and what it does when its processes are killed."""

import os
import signal
import subprocess
import sys

import httpx
import psycopg

from lumiku.postgres.urls import embedded_urls
from support.serving import LUMIKU, Serving, alive, answers, below, data_folder, register, serving, until


def count(shared: Serving, table: str) -> int:
    with psycopg.connect(embedded_urls(shared.data).app) as connection:
        return connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]


def test_the_first_start_makes_everything(shared: Serving) -> None:
    assert answers(shared.url)
    link = next(line for line in shared.lines if "/setup#token=" in line)
    token = link.partition("#token=")[2]
    assert link.strip().startswith(shared.url)
    assert token not in "".join(shared.log)
    assert (shared.data / "secrets.json").stat().st_mode & 0o777 == 0o600
    assert shared.data.stat().st_mode & 0o066 == 0
    made = httpx.post(
        f"{shared.url}/api/auth/setup",
        json={"token": token, "email": "root@example.org", "password": "correct horse battery"},
        timeout=30,
    )
    assert made.status_code in {200, 201}, made.text
    health = httpx.get(f"{shared.url}/health", timeout=30).json()
    # Without models it is not ready, and says so in an error.
    checks = health["checks"] if "checks" in health else health["error"]["details"]["checks"]
    states = {check["name"]: check["status"] for check in checks}
    assert {name: states[name] for name in ("database", "schema", "workers")} == dict.fromkeys(
        ("database", "schema", "workers"), "ok"
    ), checks


def test_a_link_that_a_command_prints_leads_to_the_port_that_is_served(shared: Serving) -> None:
    made = subprocess.run(
        [sys.executable, "-c", LUMIKU, "user", "create", "cat@example.org", "--data", str(shared.data)],
        env={name: value for name, value in os.environ.items() if not name.startswith("LUMIKU_")},
        capture_output=True,
        text=True,
        check=True,
    )
    assert f"{shared.url}/reset-password#token=" in made.stdout


def test_a_second_server_on_the_same_folder_is_refused(shared: Serving) -> None:
    with serving("serve", "--port", "0", "--data", str(shared.data)) as second:
        assert second.wait() == 1
        assert f"process {shared.process.pid} runs the database" in second.log[-1]
    assert (shared.data / "address").read_text() == f"{shared.url}\n"
    assert answers(shared.url)


def test_a_taken_port_is_named_and_leaves_nothing_behind(shared: Serving) -> None:
    port = shared.url.rpartition(":")[2]
    with data_folder() as data, serving("serve", "--port", port, "--data", str(data)) as second:
        assert second.wait() == 1
        assert f"port {port} of 127.0.0.1 is taken" in second.log[-1]
        assert not (data / "postgres").exists()


def test_one_role_joins_a_running_server(shared: Serving) -> None:
    with serving("worker", "--data", str(shared.data)) as worker:
        worker.wait_ready()
        assert count(shared, "worker_heartbeats") == 2
        assert worker.stop() == 0
    # Its row goes at once, or, where its last word was lost, counts for nothing after three missed beats.
    living = "worker_heartbeats WHERE seen_at > now() - interval '15 seconds'"
    until(lambda: count(shared, living) == 1)
    with serving("serve", "--only", "api", "--port", "0", "--data", str(shared.data)) as api:
        assert answers(api.wait_ready())
        assert api.children("worker") == []
        assert api.stop() == 0


def test_a_killed_api_process_comes_back_and_others_answer_meanwhile(shared: Serving) -> None:
    victim = shared.wait_children("child api", 2)[0]
    os.kill(victim, signal.SIGKILL)
    until(lambda: not alive(victim))
    assert answers(shared.url)
    shared.wait_children("child api", 2, other_than=victim)
    until(lambda: sum('"process": "API process' in line and '"ready"' in line for line in shared.log) >= 3)
    assert answers(shared.url)


def test_a_killed_worker_comes_back(shared: Serving) -> None:
    (victim,) = shared.wait_children("child worker", 1)
    os.kill(victim, signal.SIGKILL)
    shared.wait_children("child worker", 1, other_than=victim)
    until(lambda: count(shared, "worker_heartbeats") == 2)  # the dead one's row goes later


def test_a_killed_database_comes_back_with_all_that_was_acknowledged(shared: Serving) -> None:
    with httpx.Client(base_url=shared.url, timeout=60) as client:
        assert register(client, "before@example.org") < 300
        (victim,) = shared.wait_children("postgres -D", 1)
        os.kill(victim, signal.SIGKILL)
        statuses = []

        def works_again() -> bool:
            statuses.append(register(client, f"after{len(statuses)}@example.org"))
            return statuses[-1] < 300

        until(works_again)
    assert set(statuses[:-1]) <= {503}
    with psycopg.connect(embedded_urls(shared.data).app) as connection:
        found = connection.execute("SELECT 1 FROM users WHERE email = 'before@example.org'").fetchall()
    assert found == [(1,)]
    shared.wait_children("postgres -D", 1, other_than=victim)
    shared.wait_children("child worker", 1)


def test_when_the_supervisor_is_killed_nothing_stays_and_the_next_start_works(shared: Serving) -> None:
    processes = below(shared.process.pid)
    assert len(processes) > 4
    shared.process.kill()
    shared.wait()
    until(lambda: not any(alive(pid) for pid in processes))
    with serving("serve", "--port", "0", "--data", str(shared.data)) as again:
        assert answers(again.wait_ready())
        assert not any("/setup#token=" in line for line in again.lines)  # there is an administrator
        assert again.stop(signal.SIGINT) == 0
        assert again.children("") == [] if again.process.poll() is None else True
