"""The HTTP application: routes, the error envelope, and the layers around them."""

import asyncio

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp

from lumiku.api import openapi
from lumiku.api.browser_failures import BrowserFailures
from lumiku.api.business_metrics import BusinessMetrics
from lumiku.api.client import TrustedProxies
from lumiku.api.composing import Composing
from lumiku.api.deps import Parts
from lumiku.api.errors import answer_error, answer_http, answer_invalid
from lumiku.api.events import EventHub
from lumiku.api.feeds import Feeds
from lumiku.api.heap import open_heap
from lumiku.api.intake import Intake
from lumiku.api.middleware import Outermost
from lumiku.api.open_mode import LocalPagesOnly
from lumiku.api.route import guarded_routes
from lumiku.api.routes import (
    account,
    admin,
    admin_attention,
    admin_payments,
    admin_people,
    admin_revenue,
    admin_running,
    admin_subscriptions,
    apps,
    auth,
    batch_uploads,
    batches,
    compose,
    docs,
    downloads,
    health,
    jobs,
    keys,
    live,
    mattes,
    payments,
    plan_orders,
    pricing,
    removals,
    stats,
    storage,
    subscriptions,
    web,
)
from lumiku.api.routes import credits as credit_routes
from lumiku.api.routes import events as event_routes
from lumiku.api.routes import webhooks as webhook_routes
from lumiku.api.web_files import built_web_app
from lumiku.bootstrap import Services
from lumiku.core.errors import LumikuError
from lumiku.core.settings import HttpSettings, ServerSettings
from lumiku.health.check import Checks
from lumiku.health.readiness import readiness_checks

_ROUTERS = (
    health.router,
    auth.router,
    account.router,
    keys.router,
    pricing.router,
    credit_routes.router,
    webhook_routes.router,
    removals.router,
    batches.router,
    batch_uploads.router,
    event_routes.router,
    live.router,
    downloads.router,
    jobs.router,
    compose.router,
    mattes.router,
    stats.router,
    subscriptions.router,
    plan_orders.router,
    storage.router,
    apps.router,
    payments.router,
    admin.router,
    admin_people.router,
    admin_attention.router,
    admin_subscriptions.router,
    admin_payments.router,
    admin_revenue.router,
    admin_running.router,
    docs.router,
    web.router,
    web.pages,
)


class Application(FastAPI):
    """FastAPI with our layer outside its own, so that its own error answers pass through ours too."""

    proxies = TrustedProxies(())
    open_to: ServerSettings | None = None  # in open mode, who may come in

    def build_middleware_stack(self) -> ASGIApp:
        """The framework's layers inside ours."""
        inner = super().build_middleware_stack()
        return Outermost(LocalPagesOnly(inner, self.open_to) if self.open_to else inner, self.proxies)

    def openapi(self) -> dict[str, object]:
        """The description of the API, with every error that a route can answer."""
        if not self.openapi_schema:
            self.openapi_schema = openapi.describe(self)
        return self.openapi_schema


def create_app(services: Services) -> Application:
    """The application over opened services; loads no inference runtime.

    Raises:
        TypeError: a route does not say who may call it.
        InvalidInput: a setting makes no sense.
    """
    app = assemble(services.settings.http)
    app.proxies = TrustedProxies(services.settings.server.trusted_proxies)
    app.open_to = services.settings.server if services.settings.server.open else None
    app.state.services = services
    hub = EventHub(services.urls.app)
    app.state.parts = Parts(
        events=hub,
        feeds=Feeds(services, hub),
        intake=Intake(services),
        composing=Composing(),
        heap=open_heap(),
        closing=asyncio.Event(),
        web=built_web_app(),
        browser_failures=BrowserFailures(),
    )
    app.state.business = BusinessMetrics(services)
    app.state.checks = Checks(readiness_checks(services.db, services.storage, services.settings))
    return app


def assemble(settings: HttpSettings) -> Application:
    """Routes and layers without anything behind them: enough to describe the API."""
    app = Application(
        title="Lumiku",
        version=openapi.VERSION,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,
        max_body_size=settings.max_body_bytes,
    )
    app.add_exception_handler(LumikuError, answer_error)
    app.add_exception_handler(RequestValidationError, answer_invalid)
    app.add_exception_handler(HTTPException, answer_http)
    if settings.cors_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=settings.cors_origins,
            allow_methods=["GET", "POST", "PUT", "PATCH", "DELETE"],
            allow_headers=["Authorization", "Content-Type", "Idempotency-Key", "X-Request-Id"],
            expose_headers=["X-Request-Id", "Retry-After", "Location", *openapi.RATE_HEADERS],
            max_age=600,
        )
    for router in _ROUTERS:
        # Their own routes, not routers inside a router: half the time of finding one.
        app.router.routes.extend(router.routes)
    for _ in guarded_routes(app):
        """Raises where one is not."""
    return app
