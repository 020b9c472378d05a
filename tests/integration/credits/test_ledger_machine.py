"""A Hypothesis state machine drives the ledger on a real PostgreSQL beside a model in plain numbers."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    MultipleResults,
    RuleBasedStateMachine,
    initialize,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from lumiku.core.clock import utc_now
from lumiku.core.db import Database, DatabaseUnavailable
from lumiku.core.errors import LumikuError
from lumiku.core.settings import DatabaseSettings
from lumiku.credits.audit import audit
from lumiku.credits.errors import HoldEnded, InsufficientCredits, RefundTooLarge
from lumiku.credits.holds import capture, hold, hold_many, release, release_expired
from lumiku.credits.ledger import adjust, grant, refund
from lumiku.credits.model import Balance
from lumiku.credits.tables import credit_entries, credit_holds
from support.credits import balance_of, new_account, unique
from support.database import url_of

AMOUNTS = st.integers(1, 30)
Work = Callable[[AsyncConnection], Awaitable[Any]]


@dataclass
class HoldModel:
    """A hold as the model remembers it."""

    id: UUID
    amount: int
    reference: str
    stale: bool = False
    status: str = "open"
    entry_id: int = 0
    refunded: int = 0


class Ledger(RuleBasedStateMachine):
    """One account; each rule also exists with a crash before its commit."""

    holds = Bundle("holds")
    app_url = superuser_url = ""

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.db = Database(self.app_url, DatabaseSettings(pool_size=2))
        self.killer = psycopg.connect(self.superuser_url, autocommit=True)
        self.known: list[HoldModel] = []
        self.entries: list[int] = []
        self.grants: list[tuple[int, str]] = []

    def teardown(self) -> None:
        try:
            assert self.runner.run(audit(self.db)) == []
        finally:
            self.runner.run(self.db.close())
            self.killer.close()
            self.runner.close()

    def _do(self, work: Work, *, crash: bool) -> Any:
        """What the work gives or raises; None after a crash, when nothing of it may be there."""

        async def act() -> Any:
            try:
                async with self.db.transaction() as tx:
                    result = await work(tx)
                    if crash:
                        backend = (await tx.exec_driver_sql("SELECT pg_backend_pid()")).scalar_one()
                        self.killer.execute("SELECT pg_terminate_backend(%s, 10000)", (backend,))
            except DatabaseUnavailable:
                assert crash
                return None
            except LumikuError as error:
                return error
            assert not crash
            return result

        return self.runner.run(act())

    @property
    def balance(self) -> int:
        return sum(self.entries)

    @property
    def held(self) -> int:
        return sum(each.amount for each in self.known if each.status == "open")

    @property
    def available(self) -> int:
        return self.balance - self.held

    @initialize(credits_=st.integers(0, 60))
    def open(self, credits_: int) -> None:
        self.user_id = self.runner.run(new_account(self.db, credits_))
        if credits_:
            self.entries.append(credits_)

    @rule(amount=AMOUNTS, crash=st.booleans())
    def grant(self, amount: int, crash: bool) -> None:
        reference = unique("grant")
        entry = self._do(lambda tx: grant(tx, self.user_id, amount, reference, kind="grant"), crash=crash)
        if not crash:
            self.entries.append(amount)
            self.grants.append((amount, reference))
            assert entry.balance_after == self.balance

    @rule(data=st.data())
    def replay_grant(self, data: st.DataObject) -> None:
        if self.grants:
            amount, reference = data.draw(st.sampled_from(self.grants))
            entry = self._do(lambda tx: grant(tx, self.user_id, amount, reference, kind="grant"), crash=False)
            assert (entry.amount, entry.reference) == (amount, reference)

    @rule(amount=st.integers(-30, 30).filter(bool), crash=st.booleans())
    def adjust(self, amount: int, crash: bool) -> None:
        mark = unique("adjust")
        enough = self.available + min(amount, 0) >= 0
        result = self._do(
            lambda tx: adjust(tx, self.user_id, amount, mark, actor_id=None, note="model"),
            crash=crash and enough,
        )
        if not enough:
            assert isinstance(result, InsufficientCredits)
            assert (result.required, result.available) == (-amount, self.available)
        elif not crash:
            self.entries.append(amount)

    @rule(target=holds, amount=AMOUNTS, crash=st.booleans())
    def hold(self, amount: int, crash: bool) -> MultipleResults[HoldModel]:
        reference, enough = unique(), amount <= self.available
        expires_at = utc_now() + timedelta(days=1)
        result = self._do(
            lambda tx: hold(tx, self.user_id, amount, reference, expires_at), crash=crash and enough
        )
        if not enough:
            assert isinstance(result, InsufficientCredits)
            assert (result.required, result.available) == (amount, self.available)
            return multiple()
        return multiple() if crash else multiple(self._remember(HoldModel(result.id, amount, reference)))

    @rule(target=holds, amounts=st.lists(AMOUNTS, min_size=2, max_size=4))
    def hold_stale_batch(self, amounts: list[int]) -> MultipleResults[HoldModel]:
        wanted = [(amount, unique()) for amount in amounts]
        expires_at = utc_now() - timedelta(seconds=1)
        enough = sum(amounts) <= self.available
        result = self._do(lambda tx: hold_many(tx, self.user_id, wanted, expires_at), crash=False)
        if not enough:
            assert isinstance(result, InsufficientCredits)
            return multiple()
        holds = [HoldModel(made.id, made.amount, made.reference, stale=True) for made in result]
        return multiple(*map(self._remember, holds))

    @rule()
    def expire(self) -> None:
        stale = [each for each in self.known if each.stale and each.status == "open"]
        assert self.runner.run(release_expired(self.db, utc_now())) >= len(stale)  # also of earlier accounts
        for each in stale:
            each.status = "released"

    @rule(made=holds)
    def replay_hold(self, made: HoldModel) -> None:
        again = self._do(
            lambda tx: hold(tx, self.user_id, made.amount, made.reference, utc_now()), crash=False
        )
        assert (again.id, again.status) == (made.id, made.status)

    @rule(made=holds, crash=st.booleans())
    def capture(self, made: HoldModel, crash: bool) -> None:
        ended_otherwise = made.status == "released"
        result = self._do(lambda tx: capture(tx, made.id), crash=crash and not ended_otherwise)
        if ended_otherwise:
            assert isinstance(result, HoldEnded)
        elif not crash:
            assert (result.amount, result.hold_id) == (-made.amount, made.id)
            if made.status == "open":
                self.entries.append(-made.amount)
                made.status, made.entry_id = "captured", result.id
            assert result.id == made.entry_id

    @rule(made=holds, crash=st.booleans())
    def release(self, made: HoldModel, crash: bool) -> None:
        ended_otherwise = made.status == "captured"
        result = self._do(lambda tx: release(tx, made.id), crash=crash and not ended_otherwise)
        if ended_otherwise:
            assert isinstance(result, HoldEnded)
        elif not crash:
            made.status = "released"

    @rule(made=holds, amount=AMOUNTS)
    def refund(self, made: HoldModel, amount: int) -> None:
        if made.status != "captured":
            return
        fits = made.refunded + amount <= made.amount
        result = self._do(lambda tx: refund(tx, made.entry_id, amount, unique("refund")), crash=False)
        if fits:
            made.refunded += amount
            self.entries.append(amount)
        else:
            assert isinstance(result, RefundTooLarge)

    @invariant()
    def database_agrees(self) -> None:
        if not hasattr(self, "user_id"):
            return
        assert self.runner.run(balance_of(self.db, self.user_id)) == Balance(self.balance, self.held)
        assert 0 <= self.held <= self.balance
        assert self.runner.run(self._sums()) == (self.balance, self.held, len(self.entries))

    def _remember(self, made: HoldModel) -> HoldModel:
        self.known.append(made)
        return made

    async def _sums(self) -> tuple[int, int, int]:
        """Of the rows themselves: entries, open holds, number of entries."""
        entries, holds = credit_entries.c, credit_holds.c
        of_entries = select(func.coalesce(func.sum(entries.amount), 0), func.count())
        of_holds = select(func.coalesce(func.sum(holds.amount), 0)).where(holds.status == "open")
        async with self.db.transaction() as tx:
            total, count = (await tx.execute(of_entries.where(entries.user_id == self.user_id))).one()
            held = await tx.scalar(of_holds.where(holds.user_id == self.user_id))
        return int(total), int(held or 0), count


def _run(postgres_socket: str, database_name: str, database_url: str, examples: int) -> None:
    class Machine(Ledger):
        app_url = database_url
        superuser_url = url_of(postgres_socket, database_name, "postgres")

    checks = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
    run_state_machine_as_test(
        Machine,
        settings=settings(
            max_examples=examples, stateful_step_count=30, deadline=None, suppress_health_check=checks
        ),
    )


def test_the_ledger_and_a_model_never_differ(
    postgres_socket: str, database_name: str, database_url: str
) -> None:
    _run(postgres_socket, database_name, database_url, 20)


@pytest.mark.soak
def test_the_ledger_and_a_model_never_differ_for_long(
    postgres_socket: str, database_name: str, database_url: str
) -> None:
    _run(postgres_socket, database_name, database_url, 500)
