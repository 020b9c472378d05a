"""The results of a batch as one ZIP, or a link to it."""

from typing import Annotated, Any, Final, Literal
from uuid import UUID

from fastapi import Query
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from lumiku.api.access import user
from lumiku.api.context import context_of
from lumiku.api.deps import CurrentCaller, Given
from lumiku.api.downloads import answer_download, find_download
from lumiku.api.limits import STATUS
from lumiku.api.route import new_router
from lumiku.api.routes.batches import BATCH
from lumiku.api.schemas.removals import DownloadAnswer
from lumiku.removals.archive_key import archive_key
from lumiku.storage.signing import expiry_of, sign_url

router = new_router("batches")

_ZIP: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "description": "The archive; with `format=json`, where to get it.",
        "model": DownloadAnswer,
        "content": {"application/zip": {"schema": {"type": "string", "format": "binary"}}},
    },
    206: {"description": "The part of it that was asked for.", "content": {"application/zip": {}}},
    304: {"description": "It is as the caller has it."},
    409: {"description": "No picture of it is ready (NOTHING_READY)."},
    410: {"description": "Its pictures are no longer kept (FILE_EXPIRED)."},
    412: {"description": "It is another than the one that If-Match or If-Unmodified-Since names."},
    416: {"description": "The part asked for is not in the archive, or is several parts at once."},
}


@router.get(
    f"{BATCH}/{{batch_id}}/download",
    dependencies=[user("removals:read"), STATUS],
    response_class=Response,
    responses=_ZIP,
)
async def download_batch(
    *,
    batch_id: UUID,
    request: Request,
    caller: CurrentCaller,
    services: Given,
    form: Annotated[
        Literal["zip", "json"], Query(alias="format", description="json: a signed link instead of the bytes.")
    ] = "zip",
) -> Response:
    """All results that are ready, and a manifest of checksums and failures."""
    batch, download = await find_download(batch_id, caller.user_id, services)
    if form == "zip":
        return answer_download(download, request.headers, bodiless=context_of(request.scope).bodiless)
    key = archive_key(batch.id, batch.created_at, services.secrets)
    lifetime_s = services.settings.storage.link_lifetime_s
    url = sign_url(services.secrets, key, download.filename, now=services.clock(), lifetime_s=lifetime_s)
    told = DownloadAnswer(
        url=url,
        filename=download.filename,
        size_bytes=download.content.size_bytes,
        files=download.files,
        expires_at=expiry_of(url),
    )
    return JSONResponse(told.model_dump(mode="json"))
