"""Pictures that were asked for: lists, one of them, cancelling, trying again, deleting."""

from dataclasses import replace
from typing import Annotated, Any, Final, Literal
from uuid import UUID

from fastapi import Query
from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.requests import Request
from starlette.responses import JSONResponse

from lumiku.api.access import user
from lumiku.api.asked import hash_of
from lumiku.api.deps import CurrentCaller, Given, Shared
from lumiku.api.idempotency import OptionalKey, answered, do_once
from lumiku.api.limits import STATUS, limited
from lumiku.api.route import new_router
from lumiku.api.schemas.base import Moment, PageLimit, PageNumber, Pagination
from lumiku.api.schemas.removals import JobAnswer, JobBody, JobsAnswer
from lumiku.api.waiting import wait_for_end
from lumiku.core.idempotency import Answer
from lumiku.core.page import Page
from lumiku.engine.options import Tier
from lumiku.removals.cancel import cancel_job
from lumiku.removals.delete import delete_job
from lumiku.removals.model import JobStatus
from lumiku.removals.read import JobFilter, Sort, find_job, list_jobs
from lumiku.removals.retry import retry_job

router = new_router("jobs")

_JOBS: Final = "/api/background-remover/jobs"
_ENDED: Final[dict[int | str, dict[str, Any]]] = {
    409: {"description": "Its state does not allow that: it has ended, or it has not."}
}


@router.get(_JOBS, dependencies=[user("removals:read"), STATUS])
async def list_own_jobs(
    *,
    caller: CurrentCaller,
    services: Given,
    page: PageNumber = 1,
    limit: PageLimit = 20,
    status: JobStatus | None = None,
    tier: Tier | None = None,
    kind: Annotated[
        Literal["single", "batch"] | None,
        Query(alias="type", description="Single pictures alone, or those of batches."),
    ] = None,
    batch_id: Annotated[UUID | None, Query(alias="batchId")] = None,
    since: Annotated[Moment | None, Query(alias="from", description="Made then or later.")] = None,
    until: Annotated[Moment | None, Query(alias="to", description="Made before then.")] = None,
    sort: Annotated[Sort, Query(description="With - the latest, or last by name, first.")] = "-createdAt",
) -> JobsAnswer:
    """A page of the caller's pictures."""
    wanted = JobFilter(
        status=status,
        tier=tier,
        batch_id=batch_id,
        single=None if kind is None else kind == "single",
        since=since,
        until=until,
        sort=sort,
    )
    async with services.db.transaction() as tx:
        found = await list_jobs(tx, caller.user_id, Page(page, limit), wanted)
    return JobsAnswer(
        jobs=[JobBody.of(job, services) for job in found.items],
        pagination=Pagination.of(page=page, limit=limit, total=found.total),
    )


@router.get(f"{_JOBS}/{{job_id}}", dependencies=[user("removals:read"), STATUS])
async def read_job(job_id: UUID, caller: CurrentCaller, services: Given) -> JobAnswer:
    """One picture, with fresh links."""
    async with services.db.transaction() as tx:
        job = await find_job(tx, caller.user_id, job_id)
    return JobAnswer(job=JobBody.of(job, services))


@router.post(f"{_JOBS}/{{job_id}}/cancel", dependencies=[user("removals:write"), STATUS], responses=_ENDED)
async def cancel_own_job(job_id: UUID, caller: CurrentCaller, services: Given) -> JobAnswer:
    """End it before it comes out; nothing is paid for it."""
    async with services.db.transaction() as tx:
        job = await cancel_job(tx, caller.user_id, job_id, now=services.clock())
    return JobAnswer(job=JobBody.of(job, services))


@router.delete(f"{_JOBS}/{{job_id}}", dependencies=[user("removals:write"), STATUS])
async def delete_own_job(job_id: UUID, caller: CurrentCaller, services: Given, shared: Shared) -> JobAnswer:
    """Cancel it while it waits or runs; delete it and its files once it has ended."""
    async with shared.intake.keeping() as files:
        async with services.db.transaction() as tx:
            job = await find_job(tx, caller.user_id, job_id)
            if job.active:
                job = await cancel_job(tx, caller.user_id, job_id, now=services.clock())
                gone = []
            else:
                gone = await delete_job(tx, caller.user_id, job_id, now=services.clock())
        files.extend(gone)
    return JobAnswer(job=JobBody.of(job, services))


@router.post(
    f"{_JOBS}/{{job_id}}/retry",
    dependencies=[user("removals:write"), limited("single")],
    status_code=202,
    response_model=JobAnswer,
    responses={
        **_ENDED,
        402: {"description": "It costs more credits than there are."},
        410: {"description": "Its picture is no longer kept (FILE_EXPIRED)."},
    },
)
async def retry_own_job(
    *,
    job_id: UUID,
    request: Request,
    caller: CurrentCaller,
    services: Given,
    key: OptionalKey = None,
) -> JSONResponse:
    """Try a picture again that failed or was cancelled; it is charged as the first time."""

    async def run(tx: AsyncConnection) -> Answer:
        rules, now = services.settings, services.clock()
        job = await retry_job(tx, caller.user_id, job_id, rules=rules, now=now)
        again = JobAnswer(job=JobBody.of(job, services)).model_dump(mode="json")
        return Answer(202, {"Location": f"{_JOBS}/{job_id}"}, again)

    done = await do_once(request, key=key, request_hash=hash_of(job=str(job_id)), run=run)
    seen = await wait_for_end(request, caller.user_id, job_id, 0)
    if seen is not None:
        body = JobAnswer(job=JobBody.of(seen, services)).model_dump(mode="json")
        done = replace(done, answer=replace(done.answer, body=body))
    return answered(done)
