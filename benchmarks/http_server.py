"""One process that answers HTTP: `lumiku`, as `lumiku serve` starts it, or `bare`, FastAPI with one route."""

import socket
import sys

import uvicorn
import uvloop
from fastapi import FastAPI

from lumiku.api.app import create_app
from lumiku.bootstrap import open_services
from lumiku.core import log
from lumiku.settings import Settings


async def serve(kind: str) -> None:
    """Print the port, then answer until killed."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=1024)
    settings = Settings()
    log.configure(settings.log)
    async with open_services(settings) as services:
        app = create_app(services) if kind == "lumiku" else _bare()
        config = uvicorn.Config(
            app,
            http="httptools",
            ws="none",
            log_config=None,
            access_log=False,
            proxy_headers=False,
            server_header=False,
        )
        print(listener.getsockname()[1], flush=True)
        await uvicorn.Server(config).serve(sockets=[listener])


def _bare() -> FastAPI:
    app = FastAPI()

    @app.get("/health/live")
    async def live() -> dict[str, str]:
        return {"status": "ok"}

    return app


if __name__ == "__main__":
    uvloop.run(serve(sys.argv[1]))
