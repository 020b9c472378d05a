"""A machine uses quota through midnights, changes of clocks and of plans, beside a model in plain numbers."""

import asyncio
import multiprocessing
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import select

from lumiku.core.db import Database
from lumiku.core.settings import DatabaseSettings
from lumiku.settings import Settings
from lumiku.subscriptions.errors import QuotaExceeded, TierNotAllowed
from lumiku.subscriptions.quota import is_premium, read_quota, release_quota, reserve_quota
from lumiku.subscriptions.settings import PlanSettings, SubscriptionsSettings
from lumiku.subscriptions.tables import background_remover_subscription_usage as usage
from support.credits import new_account
from support.quota_worker import submit_many
from support.subscriptions import Subscriber, subscriber

PLANS = {
    "starter": PlanSettings(price_idr=1_000, daily_removals=5, tiers=("basic", "standard")),
    "pro": PlanSettings(
        price_idr=3_000,
        daily_removals=9,
        daily_premium=3,
        tiers=("basic", "standard", "professional", "industry"),
    ),
}
BEGINS = {
    "UTC": datetime(2026, 12, 31, 22, 0, tzinfo=UTC),
    "Asia/Jakarta": datetime(2028, 2, 28, 16, 0, tzinfo=UTC),  # an hour before the leap day begins there
    "America/New_York": datetime(2026, 3, 8, 3, 0, tzinfo=UTC),  # the day of 23 hours is next
}


class Days(RuleBasedStateMachine):
    """One account with a plan; each picture is remembered with the day that paid for it."""

    url = ""

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.db = Database(self.url, DatabaseSettings(pool_size=2))
        self.open: list[tuple[UUID, str]] = []

    def teardown(self) -> None:
        self.runner.run(self.db.close())
        self.runner.close()

    @initialize(zone=st.sampled_from(sorted(BEGINS)))
    def begin(self, zone: str) -> None:
        plans = SubscriptionsSettings(plans=PLANS, zone=zone)
        user_id = self.runner.run(new_account(self.db))
        self.zone = plans
        self.who = Subscriber(
            self.db, user_id, BEGINS[zone], Settings().model_copy(update={"subscriptions": plans})
        )
        self.runner.run(self.who.grant("starter"))
        self.plan, self.suspended = "starter", False
        self.used: Counter[date] = Counter()
        self.premium: Counter[date] = Counter()
        self.days: dict[UUID, date] = {}

    @property
    def today(self) -> date:
        """Written another way than the code does: by the offset of that moment."""
        offset = {
            "UTC": 0,
            "Asia/Jakarta": 7,
            "America/New_York": -4 if self.who.now >= datetime(2026, 3, 8, 7, tzinfo=UTC) else -5,
        }[self.zone.zone]
        return (self.who.now + timedelta(hours=offset)).date()

    @rule(minutes=st.one_of(st.integers(0, 90), st.integers(0, 60 * 30)))
    def wait(self, minutes: int) -> None:
        self.who.wait(minutes=minutes)

    @rule(wanted=st.integers(1, 6), tier=st.sampled_from(["basic", "industry"]), strict=st.booleans())
    def take(self, wanted: int, tier: str, strict: bool) -> None:
        plan = PLANS[self.plan]
        left = plan.daily_removals - self.used[self.today]
        if is_premium(tier):
            left = min(left, plan.daily_premium - self.premium[self.today])
        allowed = tier in plan.tiers and not self.suspended
        expected = min(wanted, max(0, left)) if allowed else 0
        outcome = self.runner.run(self._take(wanted, tier, strict=strict))
        if strict and not allowed:
            assert isinstance(outcome, TierNotAllowed)
        elif strict and expected < wanted:
            assert isinstance(outcome, QuotaExceeded)
            assert outcome.details["remaining"] == expected
            assert 0 < outcome.retry_after_s <= 24 * 3600
        else:
            assert outcome.number == expected
            if expected:
                self.days[outcome.usage_id] = self.today
                self.used[self.today] += expected
                self.premium[self.today] += expected * is_premium(tier)
                self.open += [(outcome.usage_id, tier)] * expected

    @rule(data=st.data())
    def fail(self, data: st.DataObject) -> None:
        if self.open:
            usage_id, tier = self.open.pop(data.draw(st.integers(0, len(self.open) - 1)))
            self.used[self.days[usage_id]] -= 1
            self.premium[self.days[usage_id]] -= is_premium(tier)
            self.runner.run(self._give_back(usage_id, tier))

    @rule()
    def upgrade(self) -> None:
        if self.plan == "starter" and not self.suspended:
            self.runner.run(self._upgrade())
            self.plan = "pro"

    @rule()
    def suspend_or_resume(self) -> None:
        self.runner.run(self.who.resume() if self.suspended else self.who.suspend())
        self.suspended = not self.suspended

    @rule()
    def keep_it_paid(self) -> None:
        self.runner.run(self.who.grant(self.plan))

    @invariant()
    def database_agrees(self) -> None:
        if not hasattr(self, "who"):
            return
        rows = self.runner.run(self._rows())
        assert rows == {day: (self.used[day], self.premium[day]) for day in {*self.days.values(), *rows}}
        assert all(used <= 9 and premium <= 3 for used, premium in rows.values())
        quota = self.runner.run(self._quota())
        assert (quota is None) == self.suspended
        if quota is not None:
            assert quota.remaining == max(0, PLANS[self.plan].daily_removals - self.used[self.today])

    async def _take(self, wanted: int, tier: str, *, strict: bool) -> Any:
        try:
            async with self.db.transaction() as tx:
                return await reserve_quota(
                    tx, self.who.id, wanted, tier, settings=self.zone, now=self.who.now, all_or_none=strict
                )
        except (QuotaExceeded, TierNotAllowed) as error:
            return error

    async def _give_back(self, usage_id: UUID, tier: str) -> None:
        async with self.db.transaction() as tx:
            await release_quota(tx, {(usage_id, is_premium(tier)): 1})

    async def _upgrade(self) -> None:
        await self.who.pay(await self.who.change_plan("pro"))

    async def _quota(self) -> Any:
        async with self.db.transaction() as tx:
            return await read_quota(tx, self.who.id, settings=self.zone, now=self.who.now)

    async def _rows(self) -> dict[date, tuple[int, int]]:
        seen = await self.who.see()
        query = select(usage).where(usage.c.subscription_id == seen.subscription.id)
        async with self.db.transaction() as tx:
            return {row.day: (row.used, row.premium_used) for row in await tx.execute(query)}


def test_quota_and_a_model_never_differ(database_url: str) -> None:
    class Machine(Days):
        url = database_url

    checks = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
    run_state_machine_as_test(
        Machine,
        settings=settings(
            max_examples=15, stateful_step_count=20, deadline=None, suppress_health_check=checks
        ),
    )


async def test_processes_share_what_is_left(db: Database, database_url: str) -> None:
    who = await subscriber(db, 10_000, plan="starter")
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(3, spawn) as pool:
        loop = asyncio.get_running_loop()
        asked = [loop.run_in_executor(pool, submit_many, database_url, who.id, 20, who.now) for _ in range(3)]
        paid = Counter(each for done in await asyncio.gather(*asked) for each in done)
    assert paid == {"subscription": 50, "credits": 10}
