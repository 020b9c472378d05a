"""Another picture from a matte that was kept: as the answer, or behind a link for others."""

import asyncio
from contextlib import AsyncExitStack, ExitStack
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from lumiku.accounts.model import Caller
from lumiku.api.access import user
from lumiku.api.asked import BACKGROUND, Fields, as_background, is_form, read_parts
from lumiku.api.deps import CurrentCaller, Given, Parts, Shared
from lumiku.api.files import disposition
from lumiku.api.held_answers import HeldAnswer
from lumiku.api.intake import Intake
from lumiku.api.limits import STATUS, limited
from lumiku.api.links import removed_name, shared_link
from lumiku.api.parts import Part
from lumiku.api.request_bodies import COMPOSE_BODY, SHARE_BODY, UNBOUNDED
from lumiku.api.route import new_router
from lumiku.api.schemas.options import read_options
from lumiku.api.schemas.removals import JobAnswer, JobBody, ShareAnswer
from lumiku.bootstrap import Services
from lumiku.core.errors import InvalidInput
from lumiku.removals.compose import Composed, Kept, compose, find_for_compose
from lumiku.removals.kept_files import keys_of
from lumiku.removals.model import Job
from lumiku.removals.options import BACKGROUND_KEY, most_canvas_pixels
from lumiku.removals.share import share
from lumiku.removals.unshare import unshare
from lumiku.storage.base import Storage
from lumiku.storage.errors import FileExpired, FileMissing
from lumiku.storage.keys import new_key
from lumiku.storage.signing import expiry_of

router = new_router("jobs")

_STATES: Final[dict[int | str, dict[str, Any]]] = {
    409: {"description": "It has not come out."},
    410: {"description": "Its files are no longer kept (FILE_EXPIRED)."},
}
_PICTURE: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "description": "The file.",
        "content": {"image/*": {"schema": {"type": "string", "format": "binary"}}},
    },
    **_STATES,
}


@dataclass(frozen=True, slots=True)
class _Asked:
    """Which job, by whom, and how."""

    job_id: UUID
    request: Request
    caller: Caller
    services: Services
    shared: Parts


@router.post(
    "/api/background-remover/jobs/{job_id}/compose",
    dependencies=[user("removals:read"), limited("status", "compose")],
    response_class=Response,
    responses=_PICTURE,
    openapi_extra=COMPOSE_BODY,
    max_body_size=UNBOUNDED,
)
async def compose_again(
    *, job_id: UUID, request: Request, caller: CurrentCaller, services: Given, shared: Shared
) -> Response:
    """A new background, crop, size or format without running the model, and without charge."""
    async with AsyncExitStack() as held:
        await held.enter_async_context(shared.composing.answer(caller.user_id))
        job, made = await _compose(_Asked(job_id, request, caller, services, shared))
        file = held.enter_context(shared.intake.new_file())
        await asyncio.to_thread(file.append, made.data)
        headers = {"Content-Disposition": disposition(_name(job, made), attachment=False)}
        return HeldAnswer(file, made.media_type, headers, held.pop_all())


@router.post(
    "/api/background-remover/jobs/{job_id}/share",
    dependencies=[user("removals:write"), limited("status", "compose")],
    responses=_STATES,
    openapi_extra=SHARE_BODY,
    max_body_size=UNBOUNDED,
)
async def share_composition(
    *, job_id: UUID, request: Request, caller: CurrentCaller, services: Given, shared: Shared
) -> ShareAnswer:
    """Compose as above, and keep it behind a link for others, in the place of what was shared of this job.

    With `stored` true it is the job's own result, as it is, also when its picture is no longer kept. The link
    works until it expires, or until this route is asked to stop by DELETE; other links to the same picture
    are then over, too.
    """
    job, made = await _compose(_Asked(job_id, request, caller, services, shared), may_be_stored=True)
    key = job.shared_key
    async with shared.intake.keeping() as unwanted:
        if key is None or not await _holds(services.storage, key, made.data):
            key = new_key("outputs", made.extension, services.clock())
            unwanted.append(key)
            await services.storage.put(key, made.data)
        name = _name(job, made)
        url = shared_link(services, key, name)
        async with services.db.transaction() as tx:
            before = await share(tx, job, key, expiry_of(url))
        unwanted[:] = [] if before is None else [before]
    return ShareAnswer(url=url, filename=name, size_bytes=len(made.data), expires_at=expiry_of(url))


@router.delete(
    "/api/background-remover/jobs/{job_id}/share",
    dependencies=[user("removals:write"), STATUS],
    responses={409: {"description": "Something else of it was shared meanwhile."}},
)
async def stop_sharing(*, job_id: UUID, caller: CurrentCaller, services: Given, shared: Shared) -> JobAnswer:
    """End all links to what was shared of this job, at once; where nothing is, nothing changes."""
    async with shared.intake.keeping() as unwanted:
        async with services.db.transaction() as tx:
            job, key = await unshare(tx, caller.user_id, job_id)
        unwanted.extend([] if key is None else [key])
    return JobAnswer(job=JobBody.of(job, services))


async def _holds(storage: Storage, key: str, data: bytes) -> bool:
    """Whether this very picture is shared already: then its earlier links go on."""
    try:
        return (await storage.head(key)).size_bytes == len(data) and await storage.get(key) == data
    except FileMissing:
        return False


async def _compose(asked: _Asked, *, may_be_stored: bool = False) -> tuple[Job, Composed]:
    services, shared = asked.services, asked.shared
    async with services.db.transaction() as tx:
        job = await find_for_compose(tx, asked.caller.user_id, asked.job_id)
    with ExitStack() as held:
        fields, background = await _read(asked.request, shared.intake, held)
        fields.values.pop("tier", None)
        if may_be_stored and fields.take_switch("stored"):
            if fields.values or background is not None:
                raise InvalidInput("stored goes with no other option", field="stored")
            async with shared.composing.turn(job.user_id, (job.width or 1) * (job.height or 1)):
                return job, await _as_stored(job, services.storage)
        source_key, matte_key = keys_of(job)
        _, options = read_options({**fields.options(), "tier": job.tier}, background=background is not None)
        behind = {} if background is None else {BACKGROUND_KEY: "held"}
        async with shared.composing.turn(job.user_id, most_canvas_pixels(job, {**options, **behind})):
            kept = await _kept(services.storage, source_key, matte_key, background)
            with shared.heap.roomy():
                limits = services.settings.removals
                return job, await asyncio.to_thread(compose, kept, job.tier, options, settings=limits)


async def _kept(storage: Storage, source_key: str, matte_key: str, background: Part | None) -> Kept:
    try:
        source, matte = await asyncio.gather(storage.get(source_key), storage.get(matte_key))
    except FileMissing as error:
        raise FileExpired("the files of this job are no longer stored") from error
    return Kept(source, matte, None if background is None else await background.read())


async def _as_stored(job: Job, storage: Storage) -> Composed:
    key = job.result_key or ""
    try:
        data = await storage.get(key)
    except FileMissing as error:
        raise FileExpired("the files of this job are no longer stored") from error
    return Composed(data, job.output_type or "application/octet-stream", key.rpartition(".")[2])


def _name(job: Job, made: Composed) -> str:
    return removed_name(job.original_name, made.extension)


async def _read(request: Request, intake: Intake, held: ExitStack) -> tuple[Fields, Part | None]:
    """The options, and the background image, on the disk until its turn has come; `held` closes it."""
    fields, background = Fields(), None
    if not is_form(request):
        async with intake.fields_of(request) as fields:
            return fields, _decoded(fields, intake, held)
    async for part in read_parts(request, intake.single_form, fields):
        if part.name not in BACKGROUND or background is not None:
            raise InvalidInput(f"no file is expected as {part.name[:60]}", field=part.name[:60])
        with as_background():
            background = held.enter_context(part.taken_over())
    return fields, _decoded(fields, intake, held) if background is None else background


def _decoded(fields: Fields, intake: Intake, held: ExitStack) -> Part | None:
    """The background image in base64, if there is one."""
    encoded = fields.take(*BACKGROUND)
    if encoded in (None, ""):
        return None
    if not isinstance(encoded, str):
        raise InvalidInput("backgroundImage must be one picture, in base64", field="backgroundImage")
    with as_background():
        return held.enter_context(intake.hold_text(encoded))
