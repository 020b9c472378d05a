"""The engine as the commands use it: when a model is loaded, how long that took, and what its lack means."""

import threading
import time

import pytest

from lumiku.cli import cutter
from lumiku.cli.cutter import CannotRun, Cutter
from lumiku.cli.inputs import Source
from lumiku.cli.naming import Job
from lumiku.engine.errors import InvalidFileType, ModelMissing
from lumiku.engine.options import Options
from lumiku.engine.types import MattingModel
from lumiku.settings import Settings
from support.fake_engine import FakeRemover, red_square
from support.pictures import encode_rgb

JOB = Job(Source("a.png", "file", "a.png"), None)
LOAD_S = 0.05


class SlowRemover(FakeRemover):
    """Takes its time to load."""

    def _load(self, name: str, precision: str) -> MattingModel:
        time.sleep(LOAD_S)
        return super()._load(name, precision)


@pytest.fixture
def remover(monkeypatch: pytest.MonkeyPatch) -> SlowRemover:
    remover = SlowRemover()
    monkeypatch.setattr(cutter, "load_remover", lambda settings: remover)
    return remover


@pytest.fixture
def cut(remover: SlowRemover) -> Cutter:
    return Cutter(Settings(), Options(), threading.Event())


def test_the_first_picture_tells_how_long_the_model_took_to_load(cut: Cutter) -> None:
    picture = encode_rgb(red_square(), "PNG")
    first, second = (cut.cut_out(JOB, picture).timings_ms for _ in range(2))
    assert first["load"] >= LOAD_S * 1000
    assert second["load"] < first["load"]


def test_a_bad_picture_loads_no_model(cut: Cutter, remover: SlowRemover) -> None:
    with pytest.raises(InvalidFileType):
        cut.cut_out(JOB, b"junk")
    assert not remover.loads


def test_no_model_is_about_all_pictures(cut: Cutter, remover: SlowRemover) -> None:
    remover.failures["isnet"] = ModelMissing("none")
    with pytest.raises(CannotRun, match="none"):
        cut.cut_out(JOB, encode_rgb(red_square(), "PNG"))
