"""Prometheus metrics of one process or of several that share a folder (`PROMETHEUS_MULTIPROC_DIR`)."""

import os
from pathlib import Path
from typing import Final

from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, Counter, Histogram
from prometheus_client import generate_latest as render
from prometheus_client.multiprocess import MultiProcessCollector

SHARED_FOLDER: Final = "PROMETHEUS_MULTIPROC_DIR"
CONTENT_TYPE: Final = CONTENT_TYPE_LATEST

_requests = Counter("lumiku_http_requests", "Requests answered.", ["method", "route", "status"])
_seconds = Histogram(
    "lumiku_http_request_seconds",
    "Time from a request's head to its answer's end.",
    ["route"],
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
)


def count_request(method: str, route: str, status: int, seconds: float) -> None:
    """Count one answered request; `route` is a template, so that there are few."""
    _requests.labels(method, route, str(status)).inc()
    _seconds.labels(route).observe(seconds)


def fresh_folder(folder: Path) -> dict[str, str]:
    """Empty the folder that processes share their numbers in.

    To be called before any of them starts; the client library reads the variable when it is imported.

    Returns:
        What to add to the environment of each process.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for stale in folder.glob("*.db"):
        stale.unlink(missing_ok=True)
    return {SHARED_FOLDER: str(folder)}


def exposition() -> bytes:
    """All processes' numbers in Prometheus' text format."""
    if SHARED_FOLDER not in os.environ:
        return render(REGISTRY)
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return render(registry)
