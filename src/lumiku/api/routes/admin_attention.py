"""For administrators: what they have to look at now."""

from starlette.requests import Request

from lumiku.accounts.repository import addresses_of
from lumiku.api.access import admin
from lumiku.api.attention import matters, unhealthy
from lumiku.api.deps import Given
from lumiku.api.limits import STATUS
from lumiku.api.route import new_router
from lumiku.api.schemas.attention import AttentionAnswer, MatterBody, OwnerBody
from lumiku.api.schemas.health import FindingBody
from lumiku.health.check import Checks

router = new_router("administration")


@router.get("/api/admin/attention", dependencies=[admin, STATUS])
async def read_attention(request: Request, services: Given) -> AttentionAnswer:
    """What has to be looked at, the gravest first, of what the server knows anyway."""
    checks: Checks = request.app.state.checks
    found = unhealthy(await checks.findings())
    async with services.db.transaction() as tx:
        found += await matters(tx, services.clock())
        emails = await addresses_of(tx, [owner for each in found for owner in each.owners])
    return AttentionAnswer(
        matters=[
            MatterBody(
                kind=each.kind,
                count=each.count,
                since=each.since,
                about=each.about,
                check=None if each.check is None else FindingBody.model_validate(each.check),
                owners=[OwnerBody(id=owner, email=emails[owner]) for owner in each.owners],
            )
            for each in found
        ]
    )
