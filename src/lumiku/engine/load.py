"""The one place where the engine is put together for a program."""

from lumiku.engine.remover import Remover
from lumiku.engine.settings import EngineSettings


def load_remover(settings: EngineSettings) -> Remover:
    """A remover for these settings; models are loaded when first needed, or by `Remover.warm`."""
    return Remover(settings)
