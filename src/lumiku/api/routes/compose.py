"""Another picture from a matte that was kept."""

import asyncio
from typing import Any, Final
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from lumiku.api.access import user
from lumiku.api.asked import BACKGROUND, Fields, is_form, read_fields, read_parts
from lumiku.api.deps import CurrentCaller, Given, Shared
from lumiku.api.files import disposition
from lumiku.api.intake import Intake
from lumiku.api.limits import limited
from lumiku.api.links import stem_of
from lumiku.api.request_bodies import COMPOSE_BODY, UNBOUNDED
from lumiku.api.route import new_router
from lumiku.api.schemas.options import read_options
from lumiku.core.errors import InvalidInput
from lumiku.removals.compose import Kept, compose, find_for_compose
from lumiku.removals.read import find_job
from lumiku.removals.sources import decode_base64
from lumiku.storage.errors import FileExpired, FileMissing

router = new_router("jobs")

_PICTURE: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "description": "The file.",
        "content": {"image/*": {"schema": {"type": "string", "format": "binary"}}},
    },
    409: {"description": "It has not come out."},
    410: {"description": "Its files are no longer kept (FILE_EXPIRED)."},
}


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
    async with services.db.transaction() as tx:
        job = await find_job(tx, caller.user_id, job_id)
        source_key, matte_key = await find_for_compose(tx, caller.user_id, job_id)
    fields, background = await _read(request, shared.intake)
    fields.values.pop("tier", None)
    _, options = read_options({**fields.options(), "tier": job.tier}, background=background is not None)
    async with shared.composing:
        try:
            source, matte = await asyncio.gather(
                services.storage.get(source_key), services.storage.get(matte_key)
            )
        except FileMissing as error:
            raise FileExpired("the files of this job are no longer stored") from error
        kept = Kept(source, matte, background)
        with shared.heap.roomy():
            limits = services.settings.removals
            made = await asyncio.to_thread(compose, kept, job.tier, options, settings=limits)
    name = f"removed-{stem_of(job.original_name)}.{made.extension}"
    headers = {"Content-Disposition": disposition(name, attachment=False)}
    return Response(made.data, media_type=made.media_type, headers=headers)


async def _read(request: Request, intake: Intake) -> tuple[Fields, bytes | None]:
    """The options, and the background image."""
    fields, background = Fields(), None
    if is_form(request):
        async for part in read_parts(request, intake.single_form, fields):
            if part.name not in BACKGROUND or background is not None:
                raise InvalidInput(f"no file is expected as {part.name[:60]}", field=part.name[:60])
            background = await part.read()
    else:
        fields = await read_fields(request, intake.json_bytes)
    encoded = fields.take(*BACKGROUND)
    if encoded not in (None, ""):
        if not isinstance(encoded, str) or background is not None:
            raise InvalidInput("backgroundImage must be one picture, in base64", field="backgroundImage")
        background = decode_base64(encoded, intake.file_bytes)
    return fields, background
