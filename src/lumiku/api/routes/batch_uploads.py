"""Batches in steps, for browsers and many files: declare them, put each, start; any step may be repeated."""

from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import Path, Query
from fastapi.responses import JSONResponse
from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.requests import Request

from lumiku.api.access import user
from lumiku.api.asked import hash_of
from lumiku.api.deps import CurrentCaller, Given, Shared
from lumiku.api.idempotency import OptionalKey, answered, do_once
from lumiku.api.limits import STATUS, limited
from lumiku.api.request_bodies import PUT_BODY, UNBOUNDED
from lumiku.api.route import new_router
from lumiku.api.routes.batches import BATCH, TAKEN_ON, TOO_LARGE
from lumiku.api.routes.removals import NOT_TAKEN
from lumiku.api.schemas.batches import DeclareRequest, PutAnswer, StartRequest
from lumiku.api.schemas.options import OptionsBody, read_options
from lumiku.api.schemas.removals import NewBatchAnswer
from lumiku.core.idempotency import Answer
from lumiku.removals.declare_batch import Declared, declare_batch
from lumiku.removals.put_item import check_item, put_item
from lumiku.removals.start_batch import start_batch
from lumiku.removals.submit_batch import BatchOrder

router = new_router("batches")

# 500 names of 255 characters, each of which may be written as \ud83d\udc08, and sizes; then the options.
_DECLARED_BYTES: Final = 500 * (255 * 12 + 100) + 65_536
_STATE: Final[dict[int | str, dict[str, Any]]] = {
    409: {"description": "The batch was started or cancelled, or this place was."}
}


@router.post(
    f"{BATCH}/uploads",
    dependencies=[user("removals:write"), limited("batch")],
    status_code=201,
    response_model=NewBatchAnswer,
    responses={
        403: TAKEN_ON[403],
        409: TAKEN_ON[409],
        429: TAKEN_ON[429],
        413: TOO_LARGE,
    },
    max_body_size=_DECLARED_BYTES,
)
async def declare_own_batch(
    wanted: DeclareRequest, request: Request, caller: CurrentCaller, services: Given, key: OptionalKey = None
) -> JSONResponse:
    """Say which files will come. Nothing is reserved yet; `pricing` is what starting would cost now."""
    given = wanted.model_dump(include=set(OptionsBody.model_fields))
    tier, options = read_options(given, background=False)
    declared = [Declared(each.name, each.size) for each in wanted.files]

    async def run(tx: AsyncConnection) -> Answer:
        order = BatchOrder(tier, options, wanted.name, wanted.payment)
        rules, now = services.settings, services.clock()
        batch, quoted = await declare_batch(tx, caller.user_id, declared, order, rules=rules, now=now)
        told = NewBatchAnswer.of(batch, quoted, [])
        return Answer(201, {"Location": f"{BATCH}/{batch.id}"}, told.model_dump(mode="json"))

    fingerprint = hash_of(wanted=wanted.model_dump(mode="json"))
    return answered(await do_once(request, key=key, request_hash=fingerprint, run=run))


@router.put(
    f"{BATCH}/{{batch_id}}/items/{{position}}",
    dependencies=[user("removals:write"), limited("upload")],
    responses={**_STATE, 400: NOT_TAKEN[400], 413: TOO_LARGE},
    openapi_extra=PUT_BODY,
    max_body_size=UNBOUNDED,
)
async def put_own_item(
    *,
    batch_id: UUID,
    position: Annotated[int, Path(ge=0, le=499, description="The file's place, from 0.")],
    request: Request,
    caller: CurrentCaller,
    services: Given,
    shared: Shared,
    name: Annotated[
        str, Query(max_length=255, description="Instead of the declared name.", examples=["cat.jpg"])
    ] = "",
) -> PutAnswer:
    """The file itself is the body. Putting it again replaces it."""
    async with services.db.transaction() as tx:
        await check_item(tx, caller.user_id, batch_id, position)
    async with shared.intake.keeping() as stored:
        source = await shared.intake.store_body(request, name, caller.user_id)
        stored.append(source.key)
        async with services.db.transaction() as tx:
            job, replaced = await put_item(
                tx, caller.user_id, batch_id, position, source, rules=services.settings
            )
        stored[:] = [replaced] if replaced else []
    return PutAnswer(
        position=position,
        name=job.original_name,
        size=source.size_bytes,
        width=source.width,
        height=source.height,
        format=source.type,
    )


@router.post(
    f"{BATCH}/{{batch_id}}/start",
    dependencies=[user("removals:write"), STATUS],
    status_code=202,
    response_model=NewBatchAnswer,
    responses={**TAKEN_ON, **_STATE},
)
async def start_own_batch(
    *,
    batch_id: UUID,
    request: Request,
    caller: CurrentCaller,
    services: Given,
    wanted: StartRequest | None = None,
    key: OptionalKey = None,
) -> JSONResponse:
    """Reserve its price and queue it; starting it again gives the same and costs nothing."""
    wanted = wanted or StartRequest()
    skip, most = wanted.skip_missing, wanted.max_credits

    async def run(tx: AsyncConnection) -> Answer:
        rules, now = services.settings, services.clock()
        batch, quoted = await start_batch(
            tx, caller.user_id, batch_id, rules=rules, now=now, skip_missing=skip, most=most
        )
        told = NewBatchAnswer.of(batch, quoted, [])
        return Answer(202, {"Location": f"{BATCH}/{batch.id}"}, told.model_dump(mode="json"))

    agreed = {} if most is None else {"most": most}  # else a key from before this field would be another's
    fingerprint = hash_of(batch=str(batch_id), skip=skip, **agreed)
    return answered(await do_once(request, key=key, request_hash=fingerprint, run=run))
