"""Callbacks in several processes at once, one of which is killed between verifying and granting."""

import os
import signal
import subprocess
import sys

from lumiku.core.db import Database
from lumiku.credits.audit import audit
from support.child_process import TESTS
from support.credits import balance_of, new_account
from support.duitku_server import duitku_server
from support.payments import invoice_for, verdicts


def _process(url: str, *arguments: object) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "support.callback_process", url, *map(str, arguments)],
        cwd=TESTS,
        env={**os.environ, "PYTHONPATH": str(TESTS)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def _go(*processes: "subprocess.Popen[str]") -> list[int]:
    """Let them all begin once all are ready; their exit codes."""
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    return [process.wait(120) for process in processes]


async def test_killed_between_verify_and_grant_and_then_eight_at_once_from_two_processes(
    db: Database, database_url: str
) -> None:
    user_id = await new_account(db)
    invoice = await invoice_for(db, user_id, gateway="duitku")
    with duitku_server() as duitku:
        duitku.pays(str(invoice.id), invoice.amount)
        about = (database_url, duitku.url, invoice.id, invoice.amount)
        processes = [_process(*about, 1, "die"), *(_process(*about, 4) for _ in range(2))]
        try:
            assert _go(processes[0]) == [-signal.SIGKILL]
            assert (await balance_of(db, user_id)).balance == 0  # it had granted, and that is undone
            assert await verdicts(db, invoice) == ["created", "claimed"]
            assert _go(*processes[1:]) == [0] * 2
        finally:
            for process in processes:
                process.kill()
                process.communicate()
    assert (await balance_of(db, user_id)).balance == 1_500
    assert (await verdicts(db, invoice))[:3] == ["created", "claimed", "paid"]
    assert set((await verdicts(db, invoice))[3:]) <= {"duplicate"}
    assert await audit(db) == []
