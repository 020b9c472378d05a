"""Is the process alive, can it work, what is wrong: for load balancers, supervisors and people."""

from importlib.metadata import version
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from lumiku.api.access import operator, public
from lumiku.api.business_metrics import BusinessMetrics
from lumiku.api.deps import Given
from lumiku.api.errors import NotReady
from lumiku.api.route import new_router
from lumiku.api.schemas.health import AliveAnswer, FindingBody, HealthAnswer
from lumiku.core.metrics import CONTENT_TYPE, exposition
from lumiku.health.check import Checks

router = new_router("health")

_ALIVE: Final = b'{"status":"ok"}'
_VERSION: Final = version("lumiku")


class UpdatePending(NotReady):
    """A migration has not been applied, or the schema is not the one that this code expects."""

    code = "MIGRATION_PENDING"


@router.get("/health/live", dependencies=[public], response_model=AliveAnswer)
async def live() -> Response:
    """The process answers; nothing else is looked at."""
    return Response(_ALIVE, media_type="application/json")


@router.get("/health/ready", dependencies=[public], responses={503: {}})
async def ready(request: Request) -> AliveAnswer:
    """Requests can be served: database, schema, workers, models. Else 503, with what is wrong."""
    await _require_all_well(request)
    return AliveAnswer()


@router.get("/health", dependencies=[public], responses={503: {}})
async def health(request: Request, services: Given) -> HealthAnswer:
    """Version, commit, and each check with its time."""
    findings = await _require_all_well(request)
    return HealthAnswer(version=_VERSION, commit=services.settings.http.commit or None, checks=findings)


async def _require_all_well(request: Request) -> list[FindingBody]:
    checks: Checks = request.app.state.checks
    findings = await checks.findings()
    shown = [FindingBody.model_validate(finding) for finding in findings]
    failed = [finding for finding in findings if finding.status == "failed"]
    if failed:
        pending = all(finding.code == UpdatePending.code for finding in failed)
        told = "; ".join(f"{finding.name}: {finding.message}" for finding in failed)
        details = [finding.model_dump(by_alias=True) for finding in shown]
        raise (UpdatePending if pending else NotReady)(f"not ready: {told}", checks=details)
    return shown


@router.get("/metrics", dependencies=[operator], responses={200: {"content": {"text/plain": {}}}})
async def metrics(request: Request) -> Response:
    """Numbers for Prometheus, of all processes of this machine's server, and the operator's view."""
    business: BusinessMetrics = request.app.state.business
    return Response(exposition() + await business.exposition(), media_type=CONTENT_TYPE)
