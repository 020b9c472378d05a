"""The real weights of this machine, or a loud skip; and folders of their own for tests that change things."""

from pathlib import Path

import pytest

from lumiku.engine.catalog import find_model
from lumiku.engine.errors import ModelMissing
from lumiku.engine.settings import EngineSettings
from lumiku.engine.weights.store import find_weights


def settings_with(*names: str) -> EngineSettings:
    """The machine's own models folder, offline; the test is skipped where a model is missing."""
    settings = EngineSettings(offline=True)
    for name in names:
        try:
            find_weights(find_model(name), settings)
        except ModelMissing as missing:
            pytest.skip(missing.message)
    return settings


def fresh_folder(folder: Path, *names: str) -> EngineSettings:
    """A models folder with only these weights in it, nothing derived yet."""
    source = settings_with(*names).models_dir
    for name in names:
        file = find_model(name).file
        (folder / file).symlink_to(source / file)
        (folder / f"{file}.verified").write_bytes((source / f"{file}.verified").read_bytes())
    return EngineSettings(models_dir=folder, offline=True)
