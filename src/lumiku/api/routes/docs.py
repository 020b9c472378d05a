"""The API's own description."""

from starlette.requests import Request
from starlette.responses import JSONResponse

from lumiku.api.access import public
from lumiku.api.route import new_router

router = new_router("description")


@router.get("/api/openapi.json", dependencies=[public], response_model=dict[str, object])
async def openapi_document(request: Request) -> JSONResponse:
    """OpenAPI 3.1 of this server."""
    return JSONResponse(request.app.openapi())
