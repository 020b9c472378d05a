"""The built web app: its page, its compressed and immutable assets, and what a browser may do with them."""

import hashlib
from dataclasses import dataclass, field
from functools import cached_property
from importlib.resources import files
from pathlib import Path
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from lumiku.core.errors import NotFound

PAGE_POLICY: Final = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' blob: data:",
        "font-src 'self'",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
_TYPES: Final = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    ".webp": "image/webp",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".woff2": "font/woff2",
}
# The better one first.
_ENCODINGS: Final = {"br": ".br", "gzip": ".gz"}
_FOREVER: Final = "public, max-age=31536000, immutable"


class NotBuilt(NotFound):
    """This server's package came without its web app."""


@dataclass(frozen=True)
class WebFile:
    """One file in each encoding that there is; "identity" is the file itself."""

    media_type: str
    etag: str
    bodies: dict[str, bytes] = field(repr=False)


class WebFiles:
    """What the build left in a folder, read once: a megabyte or so."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @property
    def built(self) -> bool:
        """Whether there is a web app."""
        return "index.html" in self._files

    def page(self, request: Request, status: int = 200) -> Response:
        """The page that any address of the app shows; it finds out itself what is asked for.

        Raises:
            NotBuilt: there is none.
        """
        return self._page("index.html", request, status)

    def screen(self, name: str, language: str, request: Request) -> Response:
        """The same page, which asks at once for all that a screen needs, where the build wrote one for it.

        Raises:
            NotBuilt: there is none.
        """
        own = f"{name}.{language}.html"
        answer = self._page(own if own in self._files else "index.html", request, 200)
        answer.headers["Vary"] = "Accept-Encoding, Accept-Language, Cookie"
        return answer

    def asset(self, name: str, request: Request) -> Response:
        """A file whose name holds its checksum.

        Raises:
            NotFound: there is none of that name.
        """
        found = self._files.get(f"assets/{name}")
        if found is None:
            raise NotFound("nothing is here")
        return _answer(found, request, {"Cache-Control": _FOREVER}, 200)

    def _page(self, name: str, request: Request, status: int) -> Response:
        found = self._files.get(name)
        if found is None:
            raise NotBuilt("the web app is not built; scripts/setup builds it")
        headers = {"Cache-Control": "no-cache", "Content-Security-Policy": PAGE_POLICY}
        return _answer(found, request, headers, status)

    @cached_property
    def _files(self) -> dict[str, WebFile]:
        found = {}
        for path in sorted(self._folder.glob("**/*")):
            if path.suffix in _TYPES and path.is_file():
                body = path.read_bytes()
                bodies = {"identity": body}
                for encoding, suffix in _ENCODINGS.items():
                    packed = path.with_name(path.name + suffix)
                    if packed.is_file():
                        bodies[encoding] = packed.read_bytes()
                name = path.relative_to(self._folder).as_posix()
                etag = hashlib.sha256(body).hexdigest()[:20]
                found[name] = WebFile(_TYPES[path.suffix], etag, bodies)
        return found


def built_web_app() -> WebFiles:
    """The one in this package."""
    return WebFiles(Path(str(files("lumiku"))) / "web")


def _answer(file: WebFile, request: Request, headers: dict[str, str], status: int) -> Response:
    encoding = _chosen(file, request.headers.get("accept-encoding", ""))
    tag = f'"{file.etag}-{encoding}"'
    headers |= {"ETag": tag, "Vary": "Accept-Encoding"}
    known = {each.strip().removeprefix("W/") for each in request.headers.get("if-none-match", "").split(",")}
    if status == 200 and tag in known:
        return Response(status_code=304, headers=headers)
    if encoding != "identity":
        headers["Content-Encoding"] = encoding
    return Response(file.bodies[encoding], status, headers, media_type=file.media_type)


def _chosen(file: WebFile, accepted: str) -> str:
    wanted = set()
    for each in accepted.split(","):
        name, _, quality = each.strip().lower().partition(";")
        if quality.replace(" ", "") not in {"q=0", "q=0.0", "q=0.00", "q=0.000"}:
            wanted.add(name.strip())
    return next((name for name in _ENCODINGS if name in wanted and name in file.bodies), "identity")
