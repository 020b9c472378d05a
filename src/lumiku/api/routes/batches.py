"""Many pictures together: asked for in one request, listed, cancelled, deleted."""

from functools import partial
from typing import Annotated, Any, Final, Literal
from uuid import UUID

from fastapi import Query
from fastapi.responses import JSONResponse
from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.requests import Request

from lumiku.api.access import user
from lumiku.api.asked import MissingField, hash_of
from lumiku.api.batch_files import read_batch
from lumiku.api.deps import CurrentCaller, Given, Shared
from lumiku.api.idempotency import OptionalKey, answered, do_once, done_before
from lumiku.api.limits import STATUS, limited
from lumiku.api.request_bodies import BATCH_BODY, UNBOUNDED
from lumiku.api.route import new_router
from lumiku.api.routes.removals import NOT_TAKEN, TOO_MUCH, take_payment
from lumiku.api.schemas.base import Moment, PageLimit, PageNumber, Pagination
from lumiku.api.schemas.options import read_options
from lumiku.api.schemas.removals import (
    BatchAnswer,
    BatchBody,
    BatchesAnswer,
    NewBatchAnswer,
    NotRetriedBody,
    RefusedBody,
    RetriedBatchAnswer,
    items_of,
)
from lumiku.core.idempotency import Answer, Replayable
from lumiku.core.page import Page
from lumiku.engine.options import Tier
from lumiku.removals.cancel import cancel_batch
from lumiku.removals.delete import delete_batch
from lumiku.removals.errors import InvalidItems
from lumiku.removals.model import BatchStatus, Job
from lumiku.removals.options import BACKGROUND_KEY
from lumiku.removals.read import BatchFilter, Sort, find_batch, jobs_of_batch, list_batches
from lumiku.removals.retry_batch import retry_batch
from lumiku.removals.submit_batch import BatchOrder, submit_batch

router = new_router("batches")

BATCH: Final = "/api/background-remover/batch"
TAKEN_ON: Final[dict[int | str, dict[str, Any]]] = {
    402: {"description": "It costs more credits than there are."},
    403: {"description": "Not allowed; TIER_NOT_ALLOWED: no plan pays for this tier."},
    409: {"description": "The idempotency key was used for another request, or that one still runs."},
    429: {"description": TOO_MUCH},
}
TOO_LARGE: Final = {
    "description": "A picture has too many bytes (FILE_TOO_LARGE) or pixels (IMAGE_TOO_LARGE), or there are"
    " more pictures or bytes than a batch may have (BATCH_TOO_LARGE)."
}


@router.post(
    BATCH,
    dependencies=[user("removals:write"), limited("batch")],
    status_code=202,
    response_model=NewBatchAnswer,
    responses={**TAKEN_ON, **NOT_TAKEN, 413: TOO_LARGE},
    openapi_extra=BATCH_BODY,
    max_body_size=UNBOUNDED,
)
async def remove_backgrounds(
    *, request: Request, caller: CurrentCaller, services: Given, shared: Shared, key: OptionalKey = None
) -> JSONResponse:
    """1 to 500 pictures at one price; each is charged when it is completed.

    Files that cannot be taken are named by their place, and nothing is queued, unless `skipInvalid` is true.
    """
    async with shared.intake.keeping() as stored:
        fields, files = await read_batch(request, shared.intake, stored, caller.user_id)
        name = fields.take_text("name", max_length=200)
        skip = fields.take_switch("skipInvalid")
        payment = take_payment(fields)
        tier, options = read_options(fields.options(), background=files.background is not None)
        fingerprint = hash_of(
            pictures=[[source.name, source.sha256.hex()] for source in files.sources],
            refused=[item.index for item in files.refused],
            urls=files.urls,
            background=files.background.sha256.hex() if files.background else None,
            order=[name, skip, tier, payment, options],
        )
        before = await done_before(request, key=key, request_hash=fingerprint)
        if before is not None:
            return answered(Replayable(before, replayed=True))
        download = partial(shared.intake.download, user_id=caller.user_id)
        await files.fetch_all(download, shared.intake.batch_seconds(len(files.urls)))
        if files.refused and not skip:
            raise InvalidItems(files.refused)
        if not files.sources and not files.refused:
            raise MissingField("pictures are required: images or imageUrls", field="images")
        if files.background is not None:
            options[BACKGROUND_KEY] = files.background.key

        async def run(tx: AsyncConnection) -> Answer:
            batch, quoted = await submit_batch(
                tx,
                caller.user_id,
                files.sources,
                BatchOrder(tier, options, name, payment),
                rules=services.settings,
                now=services.clock(),
            )
            refused = [RefusedBody.model_validate(item) for item in files.refused]
            told = NewBatchAnswer.of(batch, quoted, refused)
            return Answer(202, {"Location": f"{BATCH}/{batch.id}"}, told.model_dump(mode="json"))

        async def look(tx: AsyncConnection, told: Answer) -> object:
            return await find_batch(tx, caller.user_id, told.body["batch"]["id"])

        done = await do_once(request, key=key, request_hash=fingerprint, run=run, look=look)
        if not done.replayed:
            stored.clear()
    return answered(done)


@router.get("/api/background-remover/batches", dependencies=[user("removals:read"), STATUS])
async def list_own_batches(
    *,
    caller: CurrentCaller,
    services: Given,
    page: PageNumber = 1,
    limit: PageLimit = 20,
    status: BatchStatus | None = None,
    tier: Tier | None = None,
    since: Annotated[Moment | None, Query(alias="from", description="Made then or later.")] = None,
    until: Annotated[Moment | None, Query(alias="to", description="Made before then.")] = None,
    sort: Annotated[Sort, Query(description="With - the latest, or last by name, first.")] = "-createdAt",
) -> BatchesAnswer:
    """A page of the caller's batches."""
    wanted = BatchFilter(status=status, tier=tier, since=since, until=until, sort=sort)
    async with services.db.transaction() as tx:
        found = await list_batches(tx, caller.user_id, Page(page, limit), wanted)
    return BatchesAnswer(
        batches=[BatchBody.of(batch) for batch in found.items],
        pagination=Pagination.of(page=page, limit=limit, total=found.total),
    )


@router.get(f"{BATCH}/{{batch_id}}", dependencies=[user("removals:read"), STATUS])
async def read_batch_state(
    batch_id: UUID,
    caller: CurrentCaller,
    services: Given,
    items: Annotated[
        Literal["all", "failed", "none"], Query(description="Which pictures to tell of.")
    ] = "all",
) -> BatchAnswer:
    """How far a batch is, and its pictures with their errors."""
    jobs: list[Job] = []
    async with services.db.transaction() as tx:
        batch = await find_batch(tx, caller.user_id, batch_id)
        if items != "none":
            jobs = list((await jobs_of_batch(tx, caller.user_id, batch_id)).items)
    shown = [job for job in jobs if items == "all" or job.status == "failed"]
    return BatchAnswer(batch=BatchBody.of(batch), items=items_of(shown, services))


@router.delete(
    f"{BATCH}/{{batch_id}}",
    dependencies=[user("removals:write"), STATUS],
    responses={
        409: {"description": "It has ended, so there is nothing to cancel; or it has not, to delete."}
    },
)
async def cancel_own_batch(
    *,
    batch_id: UUID,
    caller: CurrentCaller,
    services: Given,
    shared: Shared,
    files: Annotated[
        bool, Query(description="Delete a batch that has ended, with all its files, instead of cancelling.")
    ] = False,
) -> BatchAnswer:
    """Cancel what has not come out, which gives its credits back; again, it changes nothing."""
    now = services.clock()
    async with shared.intake.keeping() as gone:
        keys: list[str] = []
        async with services.db.transaction() as tx:
            if files:
                batch = await find_batch(tx, caller.user_id, batch_id)
                keys = await delete_batch(tx, caller.user_id, batch_id, now=now)
            else:
                batch = await cancel_batch(tx, caller.user_id, batch_id, now=now)
        gone.extend(keys)
    return BatchAnswer(batch=BatchBody.of(batch), items=[])


@router.post(
    f"{BATCH}/{{batch_id}}/retry",
    dependencies=[user("removals:write"), STATUS],
    status_code=202,
    response_model=RetriedBatchAnswer,
    responses={
        **TAKEN_ON,
        409: {"description": "Nothing of it failed; or as for the idempotency key of any request."},
        410: {"description": "No picture that failed is kept still (FILE_EXPIRED)."},
    },
)
async def retry_own_batch(
    *,
    batch_id: UUID,
    request: Request,
    caller: CurrentCaller,
    services: Given,
    key: OptionalKey = None,
    cancelled: Annotated[bool, Query(description="Also what was cancelled, not only what failed.")] = False,
) -> JSONResponse:
    """Try all pictures again that failed and are kept still; each is charged as the first time.

    Where some are no longer kept, the others are tried again, and `notRetried` counts the rest.
    """
    statuses = ("failed", "cancelled") if cancelled else ("failed",)

    async def run(tx: AsyncConnection) -> Answer:
        rules, now = services.settings, services.clock()
        again = await retry_batch(tx, caller.user_id, batch_id, rules=rules, now=now, statuses=statuses)
        batch = await find_batch(tx, caller.user_id, batch_id)
        told = RetriedBatchAnswer(
            batch=BatchBody.of(batch),
            items=items_of(again.jobs, services),
            not_retried=NotRetriedBody.of([code for _, code in again.left]),
        )
        return Answer(202, {"Location": f"{BATCH}/{batch_id}"}, told.model_dump(mode="json"))

    fingerprint = hash_of(retried=str(batch_id), cancelled=cancelled)
    return answered(await do_once(request, key=key, request_hash=fingerprint, run=run))
