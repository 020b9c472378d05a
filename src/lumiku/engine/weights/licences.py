"""Who has accepted which restricted licence, kept beside the weights that it covers."""

import json
from datetime import UTC, datetime
from pathlib import Path

from lumiku.engine.catalog import ModelSpec
from lumiku.engine.errors import LicenceNotAccepted
from lumiku.engine.settings import EngineSettings

_FILE = "accepted-licences.json"


def is_accepted(spec: ModelSpec, settings: EngineSettings) -> bool:
    """Whether the model may be used: its licence restricts nothing, or was accepted for it by name."""
    if not spec.restricted or spec.name in settings.accepted_licences:
        return True
    # What was accepted is a text, so a row whose licence has changed since asks again.
    return _recorded(settings.models_dir).get(spec.name, {}).get("licence") == spec.licence


def require_licence(spec: ModelSpec, settings: EngineSettings) -> None:
    """Raise LicenceNotAccepted unless the model may be used."""
    if not is_accepted(spec, settings):
        raise LicenceNotAccepted(
            f"'{spec.name}' is under the licence {spec.licence} ({spec.homepage}), which restricts its use. "
            f"To accept it: lumiku models pull {spec.name} --accept-licence",
            model=spec.name,
            licence=spec.licence,
            homepage=spec.homepage,
        )


def accept_licence(spec: ModelSpec, settings: EngineSettings) -> None:
    """Record that the licence of one restricted model was accepted, and when."""
    if not spec.restricted:
        return
    folder = settings.models_dir
    folder.mkdir(parents=True, exist_ok=True)
    accepted = _recorded(folder)
    accepted[spec.name] = {
        "licence": spec.licence,
        "homepage": spec.homepage,
        "accepted_at": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    fresh = folder / f".{_FILE}.new"
    fresh.write_text(json.dumps(accepted, indent=2) + "\n", encoding="utf-8")
    fresh.replace(folder / _FILE)


def _recorded(folder: Path) -> dict[str, dict[str, str]]:
    """What was accepted; nothing, where the file is absent or damaged."""
    try:
        content = json.loads((folder / _FILE).read_bytes())
    except (OSError, ValueError):
        return {}
    if not isinstance(content, dict):
        return {}
    return {name: entry for name, entry in content.items() if isinstance(entry, dict)}
