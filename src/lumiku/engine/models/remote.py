"""A model that runs at a remote provider: one picture out, its matte back, within bounded tries and time."""

import math
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import cv2
import httpx
import numpy as np
import simplejpeg

from lumiku.core.http_headers import parse_http_date
from lumiku.engine.catalog import ModelSpec
from lumiku.engine.errors import DeadlineExceeded, RemoteFailed, RuntimeUnavailable
from lumiku.engine.models.answer import NoMatte, excerpt, json_of
from lumiku.engine.models.exchange import Answer, Interrupted, Oversized, new_client, post
from lumiku.engine.models.huggingface import HUGGINGFACE
from lumiku.engine.models.provider import Provider
from lumiku.engine.models.segmind import SEGMIND
from lumiku.engine.settings import EngineSettings
from lumiku.engine.types import F32, U8, Deadline, Execution, MattingModel
from lumiku.engine.weights.licences import require_licence

PROVIDERS = {"huggingface": HUGGINGFACE, "segmind": SEGMIND}
LONG_SIDE_PX = 2048
JPEG_QUALITY = 92
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
STEP = "remote"


@dataclass(frozen=True, slots=True)
class Patience:
    """How long and how often a provider is asked.

    Attributes:
        tries: in all, the first one included.
        try_s: seconds for one try, from the connection to the last byte.
        wait_s: longest pause between two tries; who asks for a longer one is not asked again.
        backoff_s: first pause where the provider names none; it doubles, with up to as much again by chance.
        max_bytes: largest answer.
        sleep, now, chance: replaceable clocks: pause, seconds since 1970, a number in [0, 1).
    """

    tries: int = 4
    try_s: float = 30.0
    wait_s: float = 60.0
    backoff_s: float = 0.5
    max_bytes: int = 32_000_000
    sleep: Callable[[float], None] = time.sleep
    now: Callable[[], float] = time.time
    chance: Callable[[], float] = field(default=random.random)


def open_remote(spec: ModelSpec, settings: EngineSettings, patience: Patience | None = None) -> MattingModel:
    """The model of a catalogue row whose family is a remote provider. Nothing is sent yet.

    Args:
        spec: a row with the provider's address in `extra["endpoint"]`.
        settings: the provider's key, and an address to ask instead where there is one.
        patience: limits other than the usual ones.

    Raises:
        RuntimeUnavailable: offline, no key, or an address that would send the key unencrypted.
        LicenceNotAccepted: the row is restricted and was not opted into.
    """
    provider = PROVIDERS[spec.family]
    if settings.offline:
        raise RuntimeUnavailable(f"{spec.name} runs at {provider.label}, and the settings say offline.")
    require_licence(spec, settings)
    key = (getattr(settings, provider.key_field) or "").strip()
    if not (key and key.isascii() and key.isprintable()):
        raise RuntimeUnavailable(f"{spec.name} needs a key: set {_variable(provider)}.")
    endpoint = getattr(settings, provider.endpoint_field) or spec.extra["endpoint"]
    _check_endpoint(endpoint, spec.name)
    return RemoteModel(spec, provider, endpoint, key, patience or Patience())


class RemoteModel:
    """A MattingModel at a provider; see `open_remote`. Thread-safe."""

    def __init__(
        self, spec: ModelSpec, provider: Provider, endpoint: str, key: str, patience: Patience
    ) -> None:
        self._provider = provider
        self._endpoint = endpoint
        self._key = key
        self._patience = patience
        self._client = new_client()
        version = spec.extra.get("version", "remote")
        self._execution = Execution(spec.name, version, spec.family, "remote", "remote")

    @property
    def execution(self) -> Execution:
        """What runs: the provider is the runtime; device and precision are not ours to know."""
        return self._execution

    def predict(self, rgb: U8, deadline: Deadline) -> F32:
        """Ask the provider for the matte.

        Args:
            rgb: HxWx3 uint8; sent as JPEG, at most 2048 pixels on its long side.
            deadline: bounds the tries and the pauses between them.

        Returns:
            hxw float32 in [0, 1], at the size that the provider answered.

        Raises:
            RemoteFailed: no usable answer within the tries.
            DeadlineExceeded: the deadline came first.
        """
        sent = _shrink(rgb)
        height, width = sent.shape[:2]
        media_type, body = self._provider.encode(
            simplejpeg.encode_jpeg(sent, quality=JPEG_QUALITY, colorspace="RGB", colorsubsampling="444")
        )
        answer = self._ask(media_type, body, deadline)
        try:
            return self._provider.decode(answer.body, height, width)
        except NoMatte as error:
            said = excerpt(answer.body, self._key)
            raise self._failed(f"answered with {error}", answer.status, said) from None

    def _ask(self, media_type: str, body: bytes, deadline: Deadline) -> Answer:
        """Try until there is an answer with status 200."""
        headers = {**self._provider.key_headers(self._key), "Content-Type": media_type}
        patience = self._patience
        attempt = 0
        while True:
            attempt += 1
            deadline.check(STEP)
            left_s = deadline.remaining_s()
            limit_s = patience.try_s if left_s is None else min(patience.try_s, left_s)
            wait_s = patience.backoff_s * 2 ** (attempt - 1) * (1 + patience.chance())
            try:
                answer = post(
                    self._client, self._endpoint, headers, body, limit_s=limit_s, max_bytes=patience.max_bytes
                )
            except Oversized as error:
                raise self._failed(f"answered {error}") from None
            except Interrupted as error:
                failure = self._failed(str(error))
            else:
                if answer.status == 200:
                    return answer
                failure = self._refusal(answer)
                if answer.status != 429 and answer.status < 500:
                    raise failure
                asked_s = _asked_pause_s(answer, patience)
                wait_s = wait_s if asked_s is None else asked_s
            if attempt >= patience.tries or wait_s > patience.wait_s:
                raise failure
            left_s = deadline.remaining_s()
            if left_s is not None and wait_s >= left_s:
                raise DeadlineExceeded(f"The time allowed ran out: {failure.message}", step=STEP)
            patience.sleep(wait_s)

    def _refusal(self, answer: Answer) -> RemoteFailed:
        """The failure that a status other than 200 means."""
        said = excerpt(answer.body, self._key)
        if answer.status in {401, 403}:
            return self._failed(f"refused the key; check {_variable(self._provider)}", answer.status, said)
        if 300 <= answer.status < 400:
            return self._failed("redirects elsewhere, where the key is not sent", answer.status)
        if answer.status == 429:
            return self._failed("has had too many requests", answer.status, said)
        return self._failed("gave no result", answer.status, said)

    def _failed(self, what: str, status: int | None = None, said: str = "") -> RemoteFailed:
        message = f"{self._provider.label} {what}"
        if status is not None:
            message += f" (HTTP {status})"
        message += f": {said}" if said else "."
        return RemoteFailed(message, provider=self._execution.runtime, status=status)


def _shrink(rgb: U8) -> U8:
    """At most LONG_SIDE_PX on the long side, C-contiguous."""
    height, width = rgb.shape[:2]
    scale = LONG_SIDE_PX / max(height, width)
    if scale >= 1:
        return np.ascontiguousarray(rgb)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    return np.asarray(cv2.resize(rgb, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)


def _asked_pause_s(answer: Answer, patience: Patience) -> float | None:
    """Seconds that the provider asks for: `Retry-After`, or the `estimated_time` of a model that loads.

    An estimate is only that and is cut to the longest pause; `Retry-After` is an order and is not.
    """
    header = (answer.retry_after or "").strip()
    if header.isascii() and header.isdecimal():
        return float(header)
    if header:
        date = parse_http_date(header)
        return None if date is None else max(0.0, date.timestamp() - patience.now())
    said = json_of(answer.body) if answer.status == 503 else None
    estimate = said.get("estimated_time") if isinstance(said, dict) else None
    if not isinstance(estimate, (int, float)) or not 0 <= estimate < math.inf:
        return None
    return float(min(estimate, patience.wait_s))


def _check_endpoint(endpoint: str, model: str) -> None:
    """Refuse an address that the key must not be sent to; it may hold secrets itself and is never shown."""
    try:
        url = httpx.URL(endpoint)
    except httpx.InvalidURL:
        url = httpx.URL()
    if url.scheme not in {"http", "https"} or url.userinfo or not url.host:
        raise RuntimeUnavailable(f"The address of {model} is no plain http(s) address.")
    if url.scheme == "http" and url.host not in LOOPBACK:
        raise RuntimeUnavailable(f"The address of {model} must be https, so that nobody reads the key.")


def _variable(provider: Provider) -> str:
    return f"LUMIKU_ENGINE__{provider.key_field.upper()}"
