"""A process that Duitku calls back: `python -m support.callback_process URL DUITKU ORDER AMOUNT CALLS [die]`.

It says "ready", waits for a line, and takes all calls at once. With `die` it kills itself after the grant and
before the commit.
"""

import asyncio
import os
import signal
import sys
from datetime import datetime

from pydantic import SecretStr
from sqlalchemy.ext.asyncio import AsyncConnection

from lumiku.core.clock import utc_now
from lumiku.core.db import Database
from lumiku.core.settings import DatabaseSettings
from lumiku.payments.fulfilment import Fulfilment, grant_package
from lumiku.payments.gateways.base import Callback
from lumiku.payments.gateways.load import load_gateways
from lumiku.payments.model import Invoice
from lumiku.payments.receive_callback import receive_callback
from lumiku.payments.settings import DuitkuSettings, PaymentsSettings
from support.duitku_server import KEY, MERCHANT, body


async def _grant_and_die(tx: AsyncConnection, invoice: Invoice, now: datetime) -> None:
    await grant_package(tx, invoice, now)
    os.kill(os.getpid(), signal.SIGKILL)


async def main(url: str, duitku: str, order: str, amount: int, calls: int, *, die: bool) -> None:
    account = DuitkuSettings(merchant_code=MERCHANT, api_key=SecretStr(KEY), url=duitku)
    gateway = load_gateways(PaymentsSettings(duitku=account), "http://localhost", utc_now)["duitku"]
    fulfil = Fulfilment({"package": _grant_and_die if die else grant_package}, {})
    db = Database(url, DatabaseSettings(pool_size=calls))
    print("ready", flush=True)  # noqa: T201
    sys.stdin.readline()
    callback = Callback({}, body(order, amount))
    await asyncio.gather(
        *(receive_callback(db, gateway, callback, fulfil=fulfil, now=utc_now()) for _ in range(calls))
    )
    await db.close()


if __name__ == "__main__":
    database, address, about, paid, times, *more = sys.argv[1:]
    asyncio.run(main(database, address, about, int(paid), int(times), die=more == ["die"]))
