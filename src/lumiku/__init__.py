"""Lumiku removes the background of pictures.

>>> import lumiku
>>> png = lumiku.remove(photo)                                    # bytes in, PNG bytes out
>>> cutout = lumiku.cutout("photo.jpg", tier="professional")      # a Cutout: rgba, matte, box, confidence
>>> remover = lumiku.Remover(); remover.remove(photo, lumiku.Options(crop=True))

Everything is loaded when first used, so that `import lumiku` costs nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lumiku.core.errors import LumikuError as LumikuError
    from lumiku.engine.cutout import Cutout as Cutout
    from lumiku.engine.options import Options as Options
    from lumiku.engine.remover import Remover as Remover
    from lumiku.engine.settings import EngineSettings as EngineSettings
    from lumiku.library import cutout as cutout
    from lumiku.library import remove as remove

__version__ = "0.1.0"

_HOMES = {
    "LumikuError": "lumiku.core.errors",
    "Cutout": "lumiku.engine.cutout",
    "EngineSettings": "lumiku.engine.settings",
    "Options": "lumiku.engine.options",
    "Remover": "lumiku.engine.remover",
    "cutout": "lumiku.library",
    "remove": "lumiku.library",
}

__all__ = ["Cutout", "EngineSettings", "LumikuError", "Options", "Remover", "cutout", "remove"]


def __getattr__(name: str) -> object:
    """Import a public name when it is first asked for (PEP 562)."""
    if name not in _HOMES:
        raise AttributeError(f"module 'lumiku' has no attribute '{name}'")
    value: object = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])
