"""The checks that decide whether requests can be served."""

from lumiku.core.db import Database
from lumiku.health.check import Check
from lumiku.health.database import database_check
from lumiku.health.models import models_check
from lumiku.health.schema import schema_check
from lumiku.health.storage import storage_check
from lumiku.health.workers import workers_check
from lumiku.settings import Settings
from lumiku.storage.base import Storage


def readiness_checks(db: Database, storage: Storage, settings: Settings) -> list[Check]:
    """Database, schema, storage, a living worker, and the models of the tiers."""
    return [
        database_check(db),
        schema_check(db),
        storage_check(settings.server.data, storage),
        workers_check(db),
        models_check(settings.engine),
    ]
