"""For administrators: queues and workers now, and pictures and money day by day."""

from datetime import timedelta
from typing import Annotated

from fastapi import Query

from lumiku.api.access import admin
from lumiku.api.deps import Given
from lumiku.api.limits import STATUS
from lumiku.api.period import first_day
from lumiku.api.route import new_router
from lumiku.api.schemas.running import DayBody, DaysAnswer, QueueBody, RunningAnswer, WorkerBody
from lumiku.payments.statistics import paid_by_day
from lumiku.queue.heartbeat import living_workers
from lumiku.queue.look import depths
from lumiku.removals.statistics import ended_by_day

router = new_router("administration")


@router.get("/api/admin/running", dependencies=[admin, STATUS])
async def read_running(services: Given) -> RunningAnswer:
    """What each queue holds at this moment, and which workers live."""
    async with services.db.transaction() as tx:
        held, living = await depths(tx), await living_workers(tx)
    return RunningAnswer(
        queues=[QueueBody.model_validate(each) for each in held],
        workers=[
            WorkerBody(host=each.host, pid=each.pid, version=each.version, queues=list(each.queues))
            for each in living
        ],
    )


@router.get("/api/admin/days", dependencies=[admin, STATUS])
async def read_days(
    services: Given, days: Annotated[int, Query(ge=1, le=366, description="How many.")] = 30
) -> DaysAnswer:
    """Pictures and money of each of the last days, also those when nothing happened."""
    first = first_day(days, services.clock())
    async with services.db.transaction() as tx:
        ended, paid = await ended_by_day(tx, first), await paid_by_day(tx, first)
    shown = []
    for number in range(days):
        day = (first + timedelta(days=number)).date()
        completed, failed = ended.get(day, (0, 0))
        shown.append(DayBody(day=day, completed=completed, failed=failed, revenue_idr=paid.get(day, 0)))
    return DaysAnswer(days=shown)
