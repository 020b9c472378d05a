"""Real models that answer the same input once: what the tiers share of one picture is not computed twice."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

from lumiku.engine.catalog import ModelSpec
from lumiku.engine.runtime.select import open_session
from lumiku.engine.runtime.session import Session
from lumiku.engine.settings import EngineSettings
from lumiku.engine.types import F32, U8

Answers = dict[tuple[str, str, bytes], F32]


class Remembering:
    """A session whose answers are kept."""

    def __init__(self, session: Session, name: str, answers: Answers) -> None:
        self.runtime, self.device = session.runtime, session.device
        self.precision, self.input_size = session.precision, session.input_size
        self.release = session.release
        self._session, self._name, self._answers = session, name, answers

    def run(self, image: U8) -> F32:
        key = (self._name, self.precision, hashlib.sha256(image.tobytes()).digest())
        if key not in self._answers:
            self._answers[key] = self._session.run(image)
        return self._answers[key].copy()


@contextmanager
def one_run_for_each_input() -> Iterator[Answers]:
    """For removers that load their models in this block; gives what is kept, to be cleared now and then."""
    answers: Answers = {}

    def opened(spec: ModelSpec, settings: EngineSettings, precision: str) -> Session:
        return Remembering(open_session(spec, settings, precision), spec.name, answers)

    with patch("lumiku.engine.remover.open_session", opened):
        yield answers
