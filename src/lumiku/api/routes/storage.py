"""Stored files, for whoever has a signed link, and for their owner."""

import re
from collections.abc import AsyncIterator
from typing import Annotated, Any, Final

from fastapi import Query
from starlette.requests import Request
from starlette.responses import Response

from lumiku.api.access import link, public
from lumiku.api.context import context_of
from lumiku.api.deps import Given, services_of
from lumiku.api.downloads import answer_download, find_download
from lumiku.api.errors import answer_error
from lumiku.api.files import Content, answer_file, disposition, media_type_of
from lumiku.api.links import SHARED_PREFIX, saved_as
from lumiku.api.route import new_router
from lumiku.api.shared_page import page_instead
from lumiku.core.errors import LumikuError
from lumiku.removals.archive_key import batch_of_key
from lumiku.removals.read import File, find_file
from lumiku.storage.errors import BadKey, FileExpired, FileMissing
from lumiku.storage.keys import check_key, kind_of
from lumiku.storage.signing import PREFIX, check_url

router = new_router("storage")

_SERVED: Final = frozenset({"outputs", "thumbnails", "uploads", "zips"})
# For whoever has the link, and not for those who collect links.
_UNLISTED: Final = (b"x-robots-tag", b"noindex")
_MOMENT: Final = re.compile(r"[0-9]{1,12}")
_FILE: Final[dict[int | str, dict[str, Any]]] = {
    200: {"description": "The file.", "content": {"application/octet-stream": {}}},
    206: {"description": "The part of it that was asked for.", "content": {"application/octet-stream": {}}},
    304: {"description": "It is as the caller has it."},
    409: {"description": "An archive would hold no picture (NOTHING_READY)."},
    410: {"description": "It was there, and its time is over (FILE_EXPIRED), or the link's (LINK_EXPIRED)."},
    412: {"description": "It is another than the one that If-Match or If-Unmodified-Since names."},
    416: {"description": "The part asked for is not in the file, or is several parts at once."},
}


@router.get(
    f"{PREFIX}{{kind}}/{{year}}/{{month}}/{{day}}/{{name}}",
    dependencies=[link("removals:read")],
    responses=_FILE,
    response_class=Response,
)
async def read_stored_file(
    *,
    request: Request,
    services: Given,
    kind: str,
    year: str,
    month: str,
    day: str,
    name: str,
    filename: Annotated[str, Query(description="Part of a signed link.")] = "",
    expires: Annotated[int, Query(ge=0, le=2**40, description="Part of a signed link.")] = 0,
    signature: Annotated[str, Query(description="Part of a signed link.")] = "",
    download: Annotated[bool, Query(description="Have a browser save it rather than show it.")] = False,
) -> Response:
    """A picture, thumbnail, original or archive: with a range, and only if it has changed."""
    key = _key("/".join((kind, year, month, day, name)))
    if request.state.caller is None:
        context_of(request.scope).headers.append(_UNLISTED)
        check_url(services.secrets, key, filename, expires, signature, now=services.clock())
    if kind_of(key) == "zips":
        owner = None if request.state.caller is None else request.state.caller.user_id
        batch_id = batch_of_key(key, services.secrets)
        _, archive = await find_download(batch_id, owner, services)
        return answer_download(archive, request.headers, bodiless=context_of(request.scope).bodiless)
    async with services.db.transaction() as tx:
        file = await find_file(tx, key)
    if request.state.caller is not None:
        if file is None or file.user_id != request.state.caller.user_id:
            raise FileMissing("nothing is stored here")
        filename = saved_as(key, file.name)
    shown = disposition(filename, attachment=download)
    return await _answer(request, file, key, shown, for_all=request.state.caller is None)


@router.get(
    f"{SHARED_PREFIX}{{year}}/{{month}}/{{day}}/{{name}}",
    dependencies=[public],
    responses={
        **_FILE,
        403: {"description": "The link is not whole, or was changed."},
        410: {
            "description": "The link has expired (LINK_EXPIRED), or the job's time is over (FILE_EXPIRED)."
        },
        503: {},
    },
    response_class=Response,
)
async def read_shared_picture(
    *,
    request: Request,
    services: Given,
    year: str,
    month: str,
    day: str,
    name: str,
    filename: Annotated[str, Query(description="Part of the link.")] = "",
    expires: Annotated[str, Query(description="Part of the link.")] = "",
    signature: Annotated[str, Query(description="Part of the link.")] = "",
) -> Response:
    """A picture that its owner shows to others. Where it is over, a browser gets a page that says so."""
    context_of(request.scope).headers.append(_UNLISTED)
    try:
        key = _key("/".join(("outputs", year, month, day, name)))
        ends = int(expires) if _MOMENT.fullmatch(expires) else 0
        check_url(services.secrets, key, filename, ends, signature, now=services.clock())
        async with services.db.transaction() as tx:
            file = await find_file(tx, key)
        if file is not None and not file.shared:
            raise FileMissing("nothing is shared here")
        shown = disposition(filename, attachment=False)
        return await _answer(request, file, key, shown, for_all=True)
    except LumikuError as error:
        return page_instead(request, await answer_error(request, error))


async def _answer(request: Request, file: File | None, key: str, shown: str, *, for_all: bool) -> Response:
    if file is None:  # replaced, or no longer shared: its links end before its bytes do
        raise FileMissing("nothing is stored here")
    if file.expired:
        raise FileExpired("the time of this file is over")
    storage = services_of(request).storage
    stored = await storage.head(key)
    headers = {
        "Content-Type": media_type_of(key),
        "Content-Disposition": shown,
        "Cache-Control": "private, no-cache" if file.shared else "private, max-age=3600",
        "Content-Security-Policy": "default-src 'none'; sandbox",
    }
    if for_all:
        headers["Cross-Origin-Resource-Policy"] = "cross-origin"  # the link alone opens it, from anywhere

    def read(start: int, end: int) -> AsyncIterator[bytes]:
        return storage.stream(key, start, end)

    content = Content(stored.size_bytes, stored.etag, stored.stored_at, read)
    return answer_file(content, request.headers, headers, bodiless=context_of(request.scope).bodiless)


def _key(text: str) -> str:
    """The key, if it is one of ours that is given out; whatever else is asked for is not there."""
    try:
        key = check_key(text)
    except BadKey:
        raise FileMissing("nothing is stored here") from None
    if kind_of(key) not in _SERVED:
        raise FileMissing("nothing is stored here")
    return key
