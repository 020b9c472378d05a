"""Removes the background of one picture."""

from dataclasses import dataclass
from typing import Annotated, Any, Final

from fastapi import Query
from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.requests import Request
from starlette.responses import Response

from lumiku.api.access import user
from lumiku.api.asked import (
    BACKGROUND,
    SINGLE,
    Fields,
    MissingField,
    hash_of,
    is_form,
    read_fields,
    read_parts,
)
from lumiku.api.deps import CurrentCaller, Given, Shared
from lumiku.api.idempotency import REPLAYED, OptionalKey, do_once, done_before
from lumiku.api.intake import Intake
from lumiku.api.limits import limited
from lumiku.api.request_bodies import REMOVE_BODY, UNBOUNDED
from lumiku.api.route import new_router
from lumiku.api.schemas.options import read_options
from lumiku.api.schemas.removals import JobAnswer, JobBody
from lumiku.api.waiting import MOST_S, wait_for_end
from lumiku.core.errors import InvalidInput
from lumiku.core.idempotency import Answer
from lumiku.engine.options import Tier
from lumiku.removals.model import Source
from lumiku.removals.options import BACKGROUND_KEY
from lumiku.removals.payment import Payment, Wish, check_payment
from lumiku.removals.read import find_job
from lumiku.removals.sources import decode_base64
from lumiku.removals.submit import submit

router = new_router("removals")

TOO_MUCH: Final = (
    "Asked too often (RATE_LIMIT_EXCEEDED), too much work is waiting (QUEUE_FULL), or today's quota of the"
    " plan does not pay for it (QUOTA_EXCEEDED)."
)
PREFIX: Final = "/api/background-remover"
_RESPONSES: Final[dict[int | str, dict[str, Any]]] = {
    202: {"model": JobAnswer, "description": "It runs still; `Location` says where to ask."},
    402: {"description": "It costs more credits than there are."},
    403: {"description": "Not allowed; TIER_NOT_ALLOWED: no plan pays for this tier."},
    409: {"description": "The idempotency key was used for another request, or that one still runs."},
    429: {"description": TOO_MUCH},
}


@dataclass(frozen=True)
class _Wanted:
    tier: Tier
    payment: Payment
    options: dict[str, object]
    url: str | None
    source: Source | None
    background: Source | None
    wait_s: float

    @property
    def fingerprint(self) -> bytes:
        picture = self.url or (self.source.sha256.hex() if self.source else "")
        behind = self.background.sha256.hex() if self.background else ""
        name = self.source.name if self.source else ""
        return hash_of(
            tier=self.tier,
            payment=self.payment,
            options=self.options,
            picture=picture,
            behind=behind,
            name=name,
        )


@router.post(
    f"{PREFIX}/remove",
    dependencies=[user("removals:write"), limited("single")],
    responses=_RESPONSES,
    openapi_extra=REMOVE_BODY,
    max_body_size=UNBOUNDED,
)
async def remove_background(
    *,
    request: Request,
    response: Response,
    caller: CurrentCaller,
    services: Given,
    shared: Shared,
    wait: Annotated[float, Query(ge=0, le=MOST_S, description="Seconds to wait for the result.")] = 30,
    key: OptionalKey = None,
) -> JobAnswer:
    """Charged when it is completed; 200 with the job when it ends within `wait`, else 202."""
    async with shared.intake.keeping() as stored:
        wanted = await _read(request, shared.intake, stored, wait)
        told = await done_before(request, key=key, request_hash=wanted.fingerprint)
        source = wanted.source
        if told is None and source is None and wanted.url is not None:
            source = await shared.intake.download(wanted.url)
            stored.append(source.key)
        options = dict(wanted.options)
        if wanted.background is not None:
            options[BACKGROUND_KEY] = wanted.background.key

        async def run(tx: AsyncConnection) -> Answer:
            if source is None:
                raise MissingField("a picture is required: image or imageUrl", field="image")
            now = services.clock()
            wish = Wish(wanted.tier, wanted.payment)
            job = await submit(tx, caller.user_id, source, wish, options, rules=services.settings, now=now)
            return Answer(202, {}, {"jobId": str(job.id)})

        if told is None:
            done = await do_once(request, key=key, request_hash=wanted.fingerprint, run=run)
            told, replayed = done.answer, done.replayed
            if not replayed:
                stored.clear()
        else:
            replayed = True
    async with services.db.transaction() as tx:
        job = await find_job(tx, caller.user_id, told.body["jobId"])
    job = await wait_for_end(request, job, wanted.wait_s)
    if replayed:
        response.headers[REPLAYED] = "true"
    if job.active:
        response.status_code = 202
        response.headers["Location"] = f"{PREFIX}/jobs/{job.id}"
    return JobAnswer(job=JobBody.of(job, services))


async def _read(request: Request, intake: Intake, stored: list[str], wait: float) -> _Wanted:
    """All that the request says; its pictures are stored, and their keys in `stored`."""
    found: dict[str, Source] = {}

    def keep(what: str, source: Source) -> None:
        stored.append(source.key)
        if what in found:
            raise InvalidInput(f"one {what} at a time", field=what)
        found[what] = source

    fields = Fields()
    if is_form(request):
        async for part in read_parts(request, intake.single_form, fields):
            if part.name not in SINGLE | BACKGROUND:
                raise InvalidInput(f"no file is expected as {part.name[:60]}", field=part.name[:60])
            keep("image" if part.name in SINGLE else "backgroundImage", await intake.store(part))
    else:
        fields = await read_fields(request, intake.json_bytes)
    url = fields.take("imageUrl", "image_url")
    if url is not None and (not isinstance(url, str) or len(url) > 4096):
        raise InvalidInput("imageUrl must be an address", field="imageUrl")
    wait = _seconds(fields.take("wait"), wait)
    payment = take_payment(fields)
    name = fields.take_text("filename", max_length=255)
    for what, names in (("image", ("image", "imageBase64")), ("backgroundImage", tuple(BACKGROUND))):
        text = fields.take(*names)
        if text in (None, ""):
            continue
        if not isinstance(text, str):
            raise InvalidInput(f"{what} must be base64", field=what)
        data = decode_base64(text, intake.file_bytes)
        keep(what, await intake.store_bytes(data, name or "image"))
    if bool(url) == ("image" in found):
        if url:
            raise InvalidInput("image or imageUrl, not both", field="imageUrl")
        raise MissingField("a picture is required: image or imageUrl", field="image")
    background = found.get("backgroundImage")
    tier, options = read_options(fields.options(), background=background is not None)
    return _Wanted(tier, payment, options, url or None, found.get("image"), background, wait)


def take_payment(fields: Fields) -> Payment:
    """What is to pay; auto where it is left out or empty."""
    given = fields.take("payment")
    return "auto" if given in (None, "") else check_payment(given)


def _seconds(given: object, default: float) -> float:
    if given in (None, ""):
        return default
    try:
        seconds = float(given) if isinstance(given, str | int | float) else -1.0
    except (ValueError, OverflowError):  # the latter: a number of 400 digits in JSON
        seconds = -1.0
    if not 0 <= seconds <= MOST_S:
        raise InvalidInput(f"wait must be a number of seconds from 0 to {MOST_S:.0f}", field="wait")
    return seconds
