"""Removes the background of one picture."""

from contextlib import AbstractContextManager, ExitStack, nullcontext
from dataclasses import dataclass, field
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import Query
from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.requests import Request
from starlette.responses import JSONResponse

from lumiku.api.access import user
from lumiku.api.asked import (
    BACKGROUND,
    SINGLE,
    Fields,
    MissingField,
    as_background,
    hash_of,
    is_form,
    read_parts,
)
from lumiku.api.deps import CurrentCaller, Given, Parts, Shared
from lumiku.api.idempotency import OptionalKey, answered, do_once, done_before
from lumiku.api.intake import Intake
from lumiku.api.limits import limited
from lumiku.api.parts import Part
from lumiku.api.request_bodies import REMOVE_BODY, UNBOUNDED
from lumiku.api.route import new_router
from lumiku.api.schemas.options import read_options
from lumiku.api.schemas.removals import JobAnswer, JobBody
from lumiku.api.waiting import MOST_S, wait_for_end
from lumiku.bootstrap import Services
from lumiku.core.errors import InvalidInput
from lumiku.core.idempotency import Answer, Replayable
from lumiku.engine.options import Tier
from lumiku.removals.model import Job, Source
from lumiku.removals.options import BACKGROUND_KEY
from lumiku.removals.payment import Payment, Wish, check_payment
from lumiku.removals.read import find_job
from lumiku.removals.submit import submit

router = new_router("removals")

TOO_MUCH: Final = (
    "Asked too often (RATE_LIMIT_EXCEEDED), too much work is waiting (QUEUE_FULL), or today's quota of the"
    " plan does not pay for it (QUOTA_EXCEEDED)."
)
NOT_TAKEN: Final[dict[int | str, dict[str, Any]]] = {
    400: {
        "description": "A value makes no sense (INVALID_INPUT) or is missing (MISSING_REQUIRED_FIELD), the"
        " file is no picture that can be read (INVALID_FILE_TYPE, UNREADABLE_IMAGE), or an address is not"
        " fetched (SOURCE_REFUSED)."
    },
    413: {"description": "A picture has too many bytes (FILE_TOO_LARGE) or pixels (IMAGE_TOO_LARGE)."},
}
PREFIX: Final = "/api/background-remover"
_RESPONSES: Final[dict[int | str, dict[str, Any]]] = {
    202: {"model": JobAnswer, "description": "It runs still; `Location` says where to ask."},
    **NOT_TAKEN,
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
    response_model=JobAnswer,
    responses=_RESPONSES,
    openapi_extra=REMOVE_BODY,
    max_body_size=UNBOUNDED,
)
async def remove_background(
    *,
    request: Request,
    caller: CurrentCaller,
    services: Given,
    shared: Shared,
    wait: Annotated[float, Query(ge=0, le=MOST_S, description="Seconds to wait for the result.")] = 30,
    key: OptionalKey = None,
) -> JSONResponse:
    """Charged when it is completed; 200 with the job when it ends within `wait`, else 202."""
    async with shared.intake.keeping() as stored:
        wanted = await _read(request, shared, stored, wait)
        told = await done_before(request, key=key, request_hash=wanted.fingerprint)
        source = wanted.source
        if told is None and source is None and wanted.url is not None:
            source = await shared.intake.download(wanted.url, caller.user_id, soon=True)
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
            taken_on = JobAnswer(job=JobBody.of(job, services)).model_dump(mode="json")
            return Answer(202, {"Location": f"{PREFIX}/jobs/{job.id}"}, taken_on)

        async def look(tx: AsyncConnection, told: Answer) -> object:
            return await find_job(tx, caller.user_id, _job_of(told))

        done = None if told is None else Replayable(told, replayed=True)
        if done is None:
            done = await do_once(request, key=key, request_hash=wanted.fingerprint, run=run, look=look)
        if not done.replayed:
            stored.clear()
    job = await wait_for_end(request, caller.user_id, _job_of(done.answer), wanted.wait_s)
    return answered(done if job is None else _as_it_is(job, done, services))


def _job_of(told: Answer) -> UUID:
    """Which job was taken on."""
    return UUID(told.body["job"]["id"])


def _as_it_is(job: Job, done: Replayable, services: Services) -> Replayable:
    """The same answer with the job of now."""
    body = JobAnswer(job=JobBody.of(job, services)).model_dump(mode="json")
    now = Answer(202, done.answer.headers, body) if job.active else Answer(200, {}, body)
    return Replayable(now, replayed=done.replayed)


@dataclass
class _Pictures:
    """Those that came and were stored, one of a kind; `stored` has their keys."""

    stored: list[str]
    found: dict[str, Source] = field(default_factory=dict)

    def keep(self, what: str, source: Source) -> None:
        self.stored.append(source.key)
        if what in self.found:
            raise InvalidInput(f"one {what} at a time", field=what)
        self.found[what] = source


async def _read(request: Request, shared: Parts, stored: list[str], wait: float) -> _Wanted:
    """All that the request says; its pictures are stored, and their keys in `stored`."""
    pictures, fields = _Pictures(stored), Fields()
    intake, user_id = shared.intake, request.state.caller.user_id
    with ExitStack() as held:
        if is_form(request):
            async for part in read_parts(request, intake.single_form, fields):
                if part.name not in SINGLE | BACKGROUND:
                    raise InvalidInput(f"no file is expected as {part.name[:60]}", field=part.name[:60])
                what = "image" if part.name in SINGLE else "backgroundImage"
                with _named(what):
                    source = await intake.store(part, user_id)
                pictures.keep(what, source)
            texts = _take_texts(fields, intake, held)
        else:
            async with intake.fields_of(request) as fields:
                texts = _take_texts(fields, intake, held)
        for what, part in texts.items():
            with _named(what):
                source = await intake.store(part, user_id)
            pictures.keep(what, source)
    return _wanted(fields, pictures, wait)


def _take_texts(fields: Fields, intake: Intake, held: ExitStack) -> dict[str, Part]:
    """The pictures in base64, out of memory."""
    texts: dict[str, Part] = {}
    name = fields.take_text("filename", max_length=255)
    for what, names in (("image", ("image", "imageBase64")), ("backgroundImage", tuple(BACKGROUND))):
        text = fields.take(*names)
        if text in (None, ""):
            continue
        if not isinstance(text, str):
            raise InvalidInput(f"{what} must be base64", field=what)
        with _named(what):
            texts[what] = held.enter_context(intake.hold_text(text, name or "image"))
    return texts


def _named(what: str) -> AbstractContextManager[None]:
    return as_background() if what == "backgroundImage" else nullcontext()


def _wanted(fields: Fields, pictures: _Pictures, wait: float) -> _Wanted:
    url = fields.take("imageUrl", "image_url")
    if url is not None and (not isinstance(url, str) or len(url) > 4096):
        raise InvalidInput("imageUrl must be an address", field="imageUrl")
    wait = _seconds(fields.take("wait"), wait)
    payment = take_payment(fields)
    found = pictures.found
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
