"""The operator's view as Prometheus metrics, read from the database at most once a minute."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Final

from prometheus_client import CollectorRegistry
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import generate_latest
from prometheus_client.registry import Collector

from lumiku.api.business import Business, read_business
from lumiku.bootstrap import Services
from lumiku.core.errors import Unavailable

_WINDOW: Final = timedelta(days=30)
_KEPT: Final = timedelta(seconds=60)


class BusinessMetrics:
    """Those of one process; every process tells the same, for they read one database."""

    def __init__(self, services: Services) -> None:
        """Read nothing yet."""
        self._services = services
        self._read_at: datetime | None = None
        self._text = b""

    async def exposition(self) -> bytes:
        """In Prometheus' text format; empty while the database is away: other numbers are still wanted."""
        now = self._services.clock()
        if self._read_at is None or now - self._read_at >= _KEPT:
            try:
                async with self._services.db.transaction() as tx:
                    read = await read_business(tx, self._services.settings, now - _WINDOW, now)
            except Unavailable:
                return b""
            target = self._services.settings.payments.target_margin_percent / 100
            self._text, self._read_at = render(read, target), now
        return self._text


def render(business: Business, target_margin: float) -> bytes:
    """Each number as a gauge; those of a period are about the last 30 days."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Families(_families(business, target_margin)))
    return generate_latest(registry)


class _Families(Collector):
    def __init__(self, families: Iterable[GaugeMetricFamily]) -> None:
        self._families = list(families)

    def collect(self) -> Iterator[GaugeMetricFamily]:
        yield from self._families


def _families(business: Business, target_margin: float) -> Iterator[GaugeMetricFamily]:
    paid = business.payments
    by = _by_label
    yield by("lumiku_invoices", "Invoices now.", "status", paid.by_status)
    yield by("lumiku_revenue_30d_idr", "Rupiah that came in.", "kind", paid.paid)
    yield _one("lumiku_refunds_30d_idr", "Rupiah given back.", paid.refunded)
    yield _one("lumiku_payments_attention_30d", "Payments that nothing was delivered for.", paid.attention)
    yield _one("lumiku_credits_sold_30d", "Credits sold.", paid.credits_sold)
    yield _one("lumiku_credits_taken_back_30d", "Credits of refunded packages.", paid.credits_taken_back)
    yield _one("lumiku_credits_used_30d", "Credits captured for work.", business.credits_used)
    yield _one("lumiku_credits_given_back_30d", "Captured credits given back.", business.credits_given_back)
    yield _one("lumiku_credits_outstanding", "Credits that accounts own.", business.credits_outstanding)
    yield _one("lumiku_credit_liability_idr", "Rupiah owed in work.", business.liability_idr)
    yield by("lumiku_subscriptions", "Plans in force.", "plan", business.subscriptions)
    yield _one("lumiku_mrr_idr", "Rupiah a month of plans in force.", business.mrr_idr)
    tiers = business.tiers
    values = {tier: numbers.picture_value_idr for tier, numbers in tiers.items()}
    costs = {tier: each.picture_cost_idr for tier, each in tiers.items() if each.picture_cost_idr is not None}
    margins = {tier: each.margin for tier, each in tiers.items() if each.margin is not None}
    yield by("lumiku_picture_value_idr", "Rupiah that a picture earns.", "tier", values)
    yield by("lumiku_picture_cost_idr", "Rupiah that a picture costs.", "tier", costs)
    yield by("lumiku_picture_margin_ratio", "Part of a picture's value that is left.", "tier", margins)
    yield _one("lumiku_target_margin_ratio", "The margin that the settings ask for.", target_margin)


def _one(name: str, meaning: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, meaning, value=value)


def _by_label(name: str, meaning: str, label: str, values: Mapping[str, float]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, meaning, labels=[label])
    for key, value in values.items():
        family.add_metric([key], value)
    return family
