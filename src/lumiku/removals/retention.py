"""Whose time is over.

The conditions are written once: expiring uses them to change rows, a dry run to say which would change, and
the sweep of a dry run to take their files for gone.
"""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, and_, exists, func, not_, or_

from lumiku.removals.finish import RUNNING
from lumiku.removals.settings import RetentionSettings
from lumiku.removals.tables import background_removal_batches as batches
from lumiku.removals.tables import background_removal_jobs as jobs

Condition = ColumnElement[bool]

_UNSUCCESSFUL: Final = ("failed", "cancelled")
_ENDED: Final = ("completed", *_UNSUCCESSFUL)


def job_due(settings: RetentionSettings, now: datetime) -> Condition:
    """Jobs to expire. Those of a batch stay while others of it wait or run."""
    return and_(
        jobs.c.deleted_at.is_(None),
        or_(
            and_(jobs.c.status == "completed", _before(jobs.c.completed_at, now, settings.results_days)),
            and_(jobs.c.status.in_(_UNSUCCESSFUL), _before(jobs.c.completed_at, now, settings.failed_days)),
        ),
        not_(_in_running_batch()),
    )


def original_due(settings: RetentionSettings, now: datetime) -> Condition:
    """Jobs whose original is to go, while they themselves stay."""
    return and_(
        jobs.c.deleted_at.is_(None),
        jobs.c.source_expired_at.is_(None),
        jobs.c.source_key.is_not(None),
        jobs.c.status.in_(_ENDED),
        _before(jobs.c.completed_at, now, settings.originals_days),
        not_(_in_running_batch()),
        not_(job_due(settings, now)),
    )


def batch_due(settings: RetentionSettings, now: datetime) -> Condition:
    """Batches to expire."""
    ended = or_(
        and_(
            batches.c.status.in_(("completed", "partial", "failed")),
            _before(batches.c.completed_at, now, settings.batches_days),
        ),
        and_(
            batches.c.status == "cancelled",
            _before(
                func.coalesce(batches.c.completed_at, batches.c.cancelled_at), now, settings.batches_days
            ),
        ),
    )
    still_running = exists().where(jobs.c.batch_id == batches.c.id, jobs.c.status.in_(RUNNING))
    return and_(batches.c.deleted_at.is_(None), ended, not_(still_running))


def batch_abandoned(settings: RetentionSettings, now: datetime) -> Condition:
    """Batches that were declared, and neither started nor given a file for as long as originals are kept."""
    lately = exists().where(
        jobs.c.batch_id == batches.c.id, not_(_before(jobs.c.updated_at, now, settings.originals_days))
    )
    return and_(
        batches.c.deleted_at.is_(None),
        batches.c.status == "pending",
        batches.c.queued_at.is_(None),
        _before(batches.c.updated_at, now, settings.originals_days),
        not_(lately),
    )


def _before(column: ColumnElement[datetime], now: datetime, days: int) -> Condition:
    return column < now - timedelta(days=days)


def _in_running_batch() -> Condition:
    return exists().where(batches.c.id == jobs.c.batch_id, batches.c.status.in_(RUNNING))
