"""Downloads one file over HTTP into a part file, resuming where an earlier try stopped."""

import json
import shutil
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TypeAlias

import httpx

from lumiku.engine.errors import DiskFull, WeightsUnavailable

Progress: TypeAlias = Callable[[int, int | None], None]
"""Called with the bytes done and the bytes in all (None where nobody knows)."""

TRIES = 4
BACKOFF_S = 1.0
MAX_WAIT_S = 30.0
TIMEOUT = httpx.Timeout(60.0, connect=15.0)
BLOCK_BYTES = 1 << 20


class _Interrupted(Exception):
    """The transfer broke off; trying again may help."""

    def __init__(self, reason: str, wait_s: float | None = None) -> None:
        super().__init__(reason)
        self.wait_s = wait_s


@dataclass(frozen=True, slots=True)
class _Origin:
    """What a part file is a part of, kept beside it: bytes of two versions of a file are never joined."""

    url: str
    validator: str
    total: int | None


def download(
    url: str, part: Path, *, size_bytes: int = 0, token: str | None = None, progress: Progress | None = None
) -> bool:
    """Fetch `url` into `part`.

    A part left by an earlier try is continued with Range and If-Range where the server gave a strong ETag or
    a date; a server that ignores Range, or whose file has changed, starts it again.

    Args:
        url: http or https address; redirects are followed.
        part: file to write; complete on return, but not yet verified; kept for resuming on failure.
        size_bytes: of the whole file; anything else is refused before it is fetched. 0 where it is not known.
        token: sent as a bearer token to `url`'s own host, never to the host of a redirect.
        progress: called after each block.

    Returns:
        Whether some of the bytes came from an earlier try.

    Raises:
        WeightsUnavailable: refused, unreachable or broken off in each of `TRIES` tries.
        DiskFull: the disk has less room than the server says the file needs.
        OSError: the part cannot be written.
    """
    if _is_whole(url, part):
        return True
    resumed = _begun(url, part) is not None
    headers = {"Accept-Encoding": "identity", "User-Agent": "lumiku"}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    with httpx.Client(headers=headers, timeout=TIMEOUT, follow_redirects=True) as client:
        for attempt in range(1, TRIES + 1):
            try:
                _try_once(client, url, part, size_bytes, progress)
            except _Interrupted as broken:
                if attempt == TRIES:
                    raise WeightsUnavailable(f"{broken} ({TRIES} tries)") from broken
                wait_s = BACKOFF_S * 2 ** (attempt - 1) if broken.wait_s is None else broken.wait_s
                time.sleep(min(wait_s, MAX_WAIT_S))
                resumed = True
            else:
                return resumed
    raise AssertionError("unreachable")


def forget(part: Path) -> None:
    """Remove a part file and what is known about it."""
    part.unlink(missing_ok=True)
    _origin_path(part).unlink(missing_ok=True)


def check_room(folder: Path, needed_bytes: int) -> None:
    """Raise DiskFull before a transfer that cannot fit."""
    free = shutil.disk_usage(folder).free
    if free < needed_bytes:
        raise DiskFull(f"{folder} has {free:,} bytes free, and {needed_bytes:,} are needed.")


def _try_once(client: httpx.Client, url: str, part: Path, size_bytes: int, progress: Progress | None) -> None:
    begun = _begun(url, part)
    done = part.stat().st_size if begun else 0
    headers = {"Range": f"bytes={done}-", "If-Range": begun.validator} if begun else {}
    try:
        with client.stream("GET", url, headers=headers) as response:
            _check_status(response, part)
            if begun and response.status_code == httpx.codes.PARTIAL_CONTENT:
                _check_continues(response, part, begun, done)
            else:  # a fresh start, a server that ignores Range, or a file that is no longer the one we began
                done = 0
            total = _total(response, done)
            if size_bytes and total is not None and total != size_bytes:
                forget(part)
                raise WeightsUnavailable(f"the file there has {total:,} bytes, not {size_bytes:,}")
            check_room(part.parent, (total or size_bytes) - done)
            if done == 0:
                # In this order, so that a crash leaves no origin beside the bytes of another file.
                part.unlink(missing_ok=True)
                origin = _Origin(url, _validator(response), total)
                _origin_path(part).write_text(json.dumps(asdict(origin)), encoding="utf-8")
            _write(response, part, done, total or size_bytes, progress)
    except (httpx.UnsupportedProtocol, httpx.InvalidURL, httpx.TooManyRedirects) as error:
        raise WeightsUnavailable(str(error)) from error
    except httpx.TransportError as error:
        raise _Interrupted(f"{type(error).__name__}: {error}".rstrip(": ")) from error


def _write(response: httpx.Response, part: Path, done: int, total: int, progress: Progress | None) -> None:
    with part.open("r+b" if done else "wb") as file:
        file.seek(done)
        file.truncate()
        for block in response.iter_bytes(BLOCK_BYTES):
            done += len(block)
            if total and done > total:
                raise WeightsUnavailable(f"more than the {total:,} bytes it should have")
            file.write(block)
            if progress:
                progress(done, total or None)
    if total and done < total:
        raise _Interrupted(f"broke off after {done:,} of {total:,} bytes")


def _origin(part: Path) -> _Origin | None:
    try:
        return _Origin(**json.loads(_origin_path(part).read_bytes()))
    except (OSError, ValueError, TypeError):
        return None


def _begun(url: str, part: Path) -> _Origin | None:
    """The origin of a part that can be continued from `url`."""
    origin = _origin(part)
    fits = origin is not None and origin.url == url and origin.validator != "" and part.exists()
    return origin if fits and part.stat().st_size > 0 else None


def _is_whole(url: str, part: Path) -> bool:
    """Whether an earlier process fetched all of it and died before it could use it."""
    origin = _origin(part)
    return origin is not None and origin.url == url and part.exists() and part.stat().st_size == origin.total


def _check_continues(response: httpx.Response, part: Path, begun: _Origin, done: int) -> None:
    """Refuse a partial answer that is not the rest of what was begun."""
    starts_there = response.headers.get("Content-Range", "").startswith(f"bytes {done}-")
    if not starts_there or _validator(response) not in {"", begun.validator}:
        forget(part)
        raise _Interrupted("the file there changed while it was fetched", wait_s=0.0)


def _check_status(response: httpx.Response, part: Path) -> None:
    status = response.status_code
    if status in {200, 206}:
        return
    reason = f"HTTP {status} {response.reason_phrase}".rstrip()
    if status == httpx.codes.REQUESTED_RANGE_NOT_SATISFIABLE:
        forget(part)
        raise _Interrupted(reason)
    if status in {408, 429} or status >= 500:
        raise _Interrupted(reason, _retry_after_s(response))
    if status in {401, 403}:
        reason += ", it wants a token or an account that accepted its terms"
    raise WeightsUnavailable(reason)


def _retry_after_s(response: httpx.Response) -> float | None:
    value = response.headers.get("Retry-After", "")
    return float(value) if value.isdecimal() else None


def _total(response: httpx.Response, done: int) -> int | None:
    length = response.headers.get("Content-Length", "")
    return done + int(length) if length.isdecimal() else None


def _validator(response: httpx.Response) -> str:
    # If-Range takes only strong validators (RFC 9110, 13.1.5).
    etag = response.headers.get("ETag", "")
    if etag and not etag.startswith("W/"):
        return str(etag)
    return str(response.headers.get("Last-Modified", ""))


def _origin_path(part: Path) -> Path:
    return part.with_name(part.name + ".json")
