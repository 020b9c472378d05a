"""Whether a file holds the bytes that it should, and a stamp beside it that saves asking twice."""

import contextlib
import hashlib
import json
from pathlib import Path

from lumiku.engine.errors import ModelCorrupt


def check_hash(path: Path, expected: str, *, name: str, source: str) -> None:
    """Raise ModelCorrupt, naming both hashes and the source, unless the file has the sha256 `expected`."""
    with path.open("rb") as file:
        got = hashlib.file_digest(file, "sha256").hexdigest()
    if got != expected:
        raise ModelCorrupt(
            f"{name} from {source} is not the pinned file: expected sha256 {expected}, got {got}.",
            file=name,
            expected=expected,
            got=got,
            source=source,
        )


def is_stamped(path: Path, sha256: str) -> bool:
    """Whether the file was verified to have this hash, and has kept its size and time since."""
    return path.is_file() and _read(path) == _facts(path, sha256)


def stamped_hash(path: Path) -> str | None:
    """The hash that the file had when it was verified last."""
    sha256 = _read(path).get("sha256")
    return sha256 if isinstance(sha256, str) else None


def stamp(path: Path, sha256: str) -> None:
    """Remember that the file has this hash."""
    # A folder that we may only read (weights baked into a container) gets none; it is hashed at each load.
    with contextlib.suppress(OSError):
        stamp_path(path).write_text(json.dumps(_facts(path, sha256)), encoding="utf-8")


def stamp_path(path: Path) -> Path:
    """Where the stamp of `path` lies."""
    return path.with_name(path.name + ".verified")


def _facts(path: Path, sha256: str) -> dict[str, object]:
    facts = path.stat()
    return {"sha256": sha256, "size_bytes": facts.st_size, "mtime_ns": facts.st_mtime_ns}


def _read(path: Path) -> dict[str, object]:
    try:
        content = json.loads(stamp_path(path).read_bytes())
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}
