"""What is counted of payments while they happen."""

from typing import Final

from prometheus_client import Counter

_callbacks: Final = Counter(
    "lumiku_payment_callbacks",
    "Callbacks of payment gateways, by what became of them.",
    ["gateway", "verdict"],
)
_failures: Final = Counter(
    "lumiku_payment_gateway_failures",
    "Questions that a payment gateway did not answer or refused.",
    ["gateway"],
)


_unsettled: Final = Counter(
    "lumiku_payment_unsettled", "Reports of a payment that could not be settled.", ["gateway"]
)


def count_unsettled(gateway: str) -> None:
    """Count one report of a payment that is genuine and was not settled."""
    _unsettled.labels(gateway).inc()


def count_callback(gateway: str, verdict: str) -> None:
    """Count one callback; there are few verdicts."""
    _callbacks.labels(gateway, verdict).inc()


def count_gateway_failure(gateway: str) -> None:
    """Count one question without a proper answer."""
    _failures.labels(gateway).inc()
