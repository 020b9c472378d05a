"""The apps of the dashboard."""

from lumiku.api.access import user
from lumiku.api.limits import STATUS
from lumiku.api.route import new_router
from lumiku.api.schemas.apps import AppBody, AppsAnswer

router = new_router("apps")

_APPS = AppsAnswer(
    apps=[
        AppBody(
            id="background-remover",
            name="Background remover",
            description="Cuts the subject out of pictures, one by one or in batches of up to 500.",
            path="/apps/background-remover",
        )
    ]
)


@router.get("/api/apps", dependencies=[user("account:read"), STATUS])
async def list_apps() -> AppsAnswer:
    """What this server offers."""
    return _APPS
