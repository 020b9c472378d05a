"""The errors that a package defines, and which packages' errors can reach whoever calls the API."""

import importlib
import pkgutil
from collections.abc import Iterator

from lumiku.core.errors import LumikuError

PACKAGES = (
    *("core", "accounts", "api", "credits", "health", "intake", "mail", "payments", "pricing", "queue"),
    *("removals", "storage", "subscriptions", "webhooks"),
)


def refusals(package: str) -> Iterator[type[LumikuError]]:
    """The classes of errors that a package defines."""
    found = importlib.import_module(f"lumiku.{package}")
    for module in pkgutil.walk_packages(found.__path__, f"{found.__name__}."):
        for each in vars(importlib.import_module(module.name)).values():
            if isinstance(each, type) and issubclass(each, LumikuError) and each.__module__ == module.name:
                yield each
