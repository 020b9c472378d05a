"""`lumiku payments` in its own process, against an external database."""

import json
import os
import subprocess

from lumiku.core.clock import utc_now
from lumiku.core.db import Database
from support.command_line import COMMAND, HANG_S
from support.credits import balance_of, new_account
from support.payments import invoice_for, proof_of, settle_now, verdicts


def _payments(url: str, *arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [*COMMAND, "payments", *arguments],
        env={**os.environ, "LUMIKU_DATABASE__URL": url},
        capture_output=True,
        text=True,
        timeout=HANG_S,
        check=False,
    )


async def test_confirmed_shown_and_refunded_by_number(db: Database, database_url: str) -> None:
    user_id = await new_account(db)
    invoice = await invoice_for(db, user_id)
    wrong = _payments(database_url, "confirm", invoice.number, "--amount", "1")
    assert wrong.returncode != 0
    assert "the amount is not the invoice's" in wrong.stderr
    done = _payments(database_url, "confirm", invoice.number.lower(), "--reference", "bank 1")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == f"{invoice.number} is paid: 1,500 credits\n"
    assert (await balance_of(db, user_id)).balance == 1_500
    refunded = _payments(database_url, "refund", str(invoice.id), "--reason", "Twice")
    assert refunded.stdout == f"{invoice.number} is refunded: 100,000 IDR, 1500 credits taken back\n"
    assert (await balance_of(db, user_id)).balance == 0
    told = json.loads(_payments(database_url, "show", invoice.number, "--json").stdout)
    assert [event["verdict"] for event in told["events"]] == ["created", "paid", "refunded"]
    await settle_now(db, invoice, proof_of(invoice, "bank 2"))
    assert _payments(database_url, "handled", invoice.number, "--note", "Sent back").returncode == 0
    assert (await verdicts(db, invoice))[-2:] == ["surplus", "handled"]
    listed = _payments(database_url, "list", "--status", "refunded").stdout
    assert invoice.number in listed
    unpaid = await invoice_for(db, user_id, now=utc_now())
    withdrawn = _payments(database_url, "withdraw", unpaid.number, "--note", "Ordered twice")
    assert withdrawn.stdout == f"{unpaid.number} is cancelled: 1,500 credits\n"
