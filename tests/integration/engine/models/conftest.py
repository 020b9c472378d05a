"""A provider on loopback, and models that ask it."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from lumiku.engine.catalog import ModelSpec
from lumiku.engine.models.remote import Patience, open_remote
from lumiku.engine.settings import EngineSettings
from lumiku.engine.types import MattingModel
from support.provider_answers import KEY
from support.provider_server import ProviderServer

NOW = 1_800_000_000.0
Opener = Callable[..., MattingModel]


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[ProviderServer]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with ProviderServer() as provider:
        thread = threading.Thread(target=provider.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield provider
        provider.closing.set()
        provider.shutdown()
        thread.join()


@pytest.fixture
def naps() -> list[float]:
    """The pauses that were made (none really is)."""
    return []


@pytest.fixture
def open_model(server: ProviderServer, naps: list[float]) -> Opener:
    def open_model(family: str = "segmind", **limits: Any) -> MattingModel:
        spec = ModelSpec(
            "m", family, "", None, 0, "MIT", "", (), extra={"endpoint": server.url, "version": "1.4"}
        )  # type: ignore[arg-type]
        patience = Patience(sleep=naps.append, now=lambda: NOW, chance=lambda: 0.0)
        settings = EngineSettings(huggingface_token=KEY, segmind_key=KEY)
        return open_remote(spec, settings, replace(patience, **limits))

    return open_model
