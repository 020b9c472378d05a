"""Are the weights of every tier on this machine?"""

import asyncio
from typing import ClassVar

from lumiku.engine.catalog import find_model
from lumiku.engine.settings import EngineSettings
from lumiku.engine.tiers import TIER_PIPELINES
from lumiku.engine.weights.store import weights_state
from lumiku.health.check import Check, CheckFailed, Reason

_FRESH_S = 5.0
_USABLE = {"present", "optimised", "int8 refused", "remote"}


class WeightsMissing(CheckFailed):
    """A tier's model has no weights here."""

    kind: ClassVar[Reason] = "NO_WEIGHTS"


def models_check(settings: EngineSettings) -> Check:
    """Looks at names and sizes; the worker that loads a model looks at the bytes."""

    def look() -> str:
        names = sorted({name for pipeline in TIER_PIPELINES.values() for name in pipeline.models})
        states = {name: weights_state(find_model(name), settings) for name in names}
        bad = {name: state for name, state in states.items() if state not in _USABLE}
        if bad:
            told = ", ".join(f"{name} is {state}" for name, state in bad.items())
            raise WeightsMissing(f"{told}: run `lumiku models pull`", models=list(bad))
        return f"{', '.join(names)} are here"

    async def ask() -> str:
        return await asyncio.to_thread(look)

    return Check("models", ask, _FRESH_S)
