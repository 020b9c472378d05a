"""Procrastinate's app on psycopg: the queue lives in the same database as what it is about."""

from procrastinate import App, PsycopgConnector

from lumiku.core.settings import DatabaseSettings

# Beats tell a living worker from a dead one. Three may be missed before its jobs are taken over, so that
# a killed worker's job is in work again within 30 seconds: 15, and 10 until somebody looks.
HEARTBEAT_S = 5.0
STALLED_AFTER_S = 15.0
RESCUE_EVERY_S = 10.0


def open_app(url: str, settings: DatabaseSettings, *, connections: int) -> App:
    """An app whose pool is not open yet; `async with app.open_async()` opens it.

    Args:
        url: a direct `postgresql://` address; LISTEN does not work through a transaction pooler.
        settings: of the database.
        connections: that the pool may hold; the listening ones come on top.
    """
    return App(
        connector=PsycopgConnector(
            conninfo=url,
            kwargs={
                "connect_timeout": settings.connect_timeout_s,
                "options": "-c timezone=UTC -c application_name=lumiku-worker",
            },
            min_size=1,
            max_size=connections,
            timeout=settings.pool_timeout_s,
            reconnect_timeout=settings.pool_timeout_s,
        )
    )
