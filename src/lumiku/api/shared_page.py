"""What a person sees who opens a link to a shared picture that shows nothing any more. It runs no script."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from importlib.resources import files
from typing import Final

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from lumiku.api.context import context_of
from lumiku.api.language import language_of
from lumiku.api.page_policy import hash_of
from lumiku.core.http_headers import prefers

_TEMPLATE: Final = (files("lumiku.api") / "pages" / "shared.html").read_text("utf-8")
_PLACE: Final = re.compile(r"\{(language|title|why|todo|home)\}")
_POLICY: Final = (
    f"default-src 'none'; style-src {hash_of(_TEMPLATE, 'style')}; img-src data:; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'"
)
_HOME: Final = {"en": "Remove a background", "id": "Hapus latar foto"}


@dataclass(frozen=True, slots=True)
class _Said:
    """What happened, and what to do about it."""

    title: str
    why: str
    todo: str


# By status. Whether it was stopped, replaced or deleted is its owner's affair, and so is who that is.
_WORDS: Final[Mapping[str, Mapping[int, _Said]]] = {
    "en": {
        403: _Said(
            "This link is not complete",
            "A part of its address is missing or was changed, perhaps when it was copied.",
            "Open it as it was sent to you, or ask for it again.",
        ),
        404: _Said(
            "This picture is no longer shared",
            "Whoever sent you the link has stopped sharing it, put another in its place, or deleted it.",
            "Ask them for a new link.",
        ),
        410: _Said(
            "This link has expired",
            "Shared pictures can be seen for a limited time, and that of this one is over.",
            "Ask whoever sent it to you for a new link.",
        ),
        503: _Said(
            "The picture cannot be shown right now",
            "A part of this service does not answer. The link itself may well be in order.",
            "Wait a minute, then load this page again.",
        ),
    },
    "id": {
        403: _Said(
            "Tautan ini tidak lengkap",
            "Sebagian alamatnya hilang atau berubah, mungkin saat disalin.",
            "Buka persis seperti yang dikirim kepada Anda, atau minta tautannya lagi.",
        ),
        404: _Said(
            "Gambar ini tidak lagi dibagikan",
            "Pengirimnya berhenti membagikannya, menggantinya dengan gambar lain, atau menghapusnya.",
            "Mintalah tautan baru kepada pengirimnya.",
        ),
        410: _Said(
            "Tautan ini sudah kedaluwarsa",
            "Gambar yang dibagikan hanya dapat dilihat untuk sementara, dan waktunya sudah habis.",
            "Mintalah tautan baru kepada pengirimnya.",
        ),
        503: _Said(
            "Gambar ini belum dapat ditampilkan",
            "Salah satu bagian layanan ini tidak menjawab. Tautannya sendiri mungkin tidak bermasalah.",
            "Tunggu sebentar, lalu muat ulang halaman ini.",
        ),
    },
}


def page_instead(request: Request, error: Response) -> Response:
    """The same answer as a page, where a browser asks; programs keep the envelope."""
    error.headers["Vary"] = "Accept, Accept-Language, Cookie"
    language = language_of(request)
    said = _WORDS[language].get(error.status_code)
    if said is None or not prefers(request.headers.get("accept", ""), "text/html", "application/json"):
        return error
    context_of(request.scope).for_people = True
    kept = {name: error.headers[name] for name in ("Vary", "Retry-After") if name in error.headers}
    parts = {"language": language, "home": _HOME[language]}
    parts |= {"title": said.title, "why": said.why, "todo": said.todo}
    html = _PLACE.sub(lambda place: escape(parts[place[1]]), _TEMPLATE)
    return HTMLResponse(html, error.status_code, {**kept, "Content-Security-Policy": _POLICY})
