"""The matte as its owner has edited it, and the model's own again."""

from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import Query
from starlette.requests import Request

from lumiku.accounts.model import Caller
from lumiku.api.access import user
from lumiku.api.deps import CurrentCaller, Given, Parts, Shared
from lumiku.api.limits import limited
from lumiku.api.parts import Part
from lumiku.api.request_bodies import PUT_BODY, UNBOUNDED
from lumiku.api.route import new_router
from lumiku.api.schemas.removals import JobAnswer, JobBody
from lumiku.bootstrap import Services
from lumiku.removals.edit_matte import edit_matte, keep_revision
from lumiku.removals.errors import MatteChanged
from lumiku.removals.options import most_canvas_pixels
from lumiku.removals.read import find_job

router = new_router("jobs")

_MATTE: Final = "/api/background-remover/jobs/{job_id}/matte"
_STATES: Final[dict[int | str, dict[str, Any]]] = {
    409: {"description": "It has not come out, or was changed meanwhile."},
    410: {"description": "Its files are no longer kept (FILE_EXPIRED)."},
}


@router.put(
    _MATTE,
    dependencies=[user("removals:write"), limited("status", "compose")],
    responses=_STATES,
    openapi_extra=PUT_BODY,
    max_body_size=UNBOUNDED,
)
async def put_matte(
    *,
    job_id: UUID,
    request: Request,
    caller: CurrentCaller,
    services: Given,
    shared: Shared,
    based_on: Annotated[
        str,
        Query(
            alias="basedOn",
            max_length=64,
            description="`metadata.sha256` of the result that was edited; MATTE_CHANGED where it is another.",
        ),
    ] = "",
) -> JobAnswer:
    """An edited matte: a grey PNG of the picture's size. The result is composed anew, without charge."""
    async with shared.intake.body_of(request) as edited:
        return await _revise(job_id, edited, caller, services, shared, based_on=based_on)


@router.delete(_MATTE, dependencies=[user("removals:write"), limited("status", "compose")], responses=_STATES)
async def restore_matte(*, job_id: UUID, caller: CurrentCaller, services: Given, shared: Shared) -> JobAnswer:
    """Back to the matte that the model made."""
    return await _revise(job_id, None, caller, services, shared)


async def _revise(
    job_id: UUID,
    edited: Part | None,
    caller: Caller,
    services: Services,
    shared: Parts,
    *,
    based_on: str = "",
) -> JobAnswer:
    async with services.db.transaction() as tx:
        job = await find_job(tx, caller.user_id, job_id)
    if based_on and job.metadata.get("sha256") != based_on:
        raise MatteChanged("the picture was edited elsewhere meanwhile")
    pixels = most_canvas_pixels(job, job.options)
    async with shared.composing.turn(job.user_id, pixels), shared.intake.keeping() as unwanted:
        rules, now = services.settings.removals, services.clock()
        matte = None if edited is None else await edited.read()
        values, files = await edit_matte(services.storage, job, matte, rules=rules, now=now)
        unwanted.extend(files)
        for key, content in files.items():
            await services.storage.put(key, content)
        async with services.db.transaction() as tx:
            job, replaced = await keep_revision(tx, job, values)
        unwanted[:] = replaced
    return JobAnswer(job=JobBody.of(job, services))
