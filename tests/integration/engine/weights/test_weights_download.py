"""Downloads from a real HTTP server that misbehaves in every way we know."""

import json
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import httpx
import pytest
from misbehaving_files import BODY, FileServer, breaks_off, status

from lumiku.engine.catalog import ModelSpec, UrlSource
from lumiku.engine.errors import InvalidOption, ModelCorrupt, ModelMissing, WeightsUnavailable
from lumiku.engine.settings import EngineSettings
from lumiku.engine.weights import fetch
from lumiku.engine.weights.store import ensure_weights, find_weights, remove_weights

MakeSpec = Callable[..., ModelSpec]


@pytest.fixture
def settings(tmp_path: Path) -> EngineSettings:
    return EngineSettings(models_dir=tmp_path / "models")


def left_over(settings: EngineSettings) -> set[str]:
    """What is in the models folder beside locks and stamps."""
    return {
        path.name
        for path in settings.models_dir.iterdir()
        if path.name != "locks" and not path.name.endswith(".verified")
    }


def test_a_file_is_fetched_once_with_progress(
    server: FileServer, make_spec: MakeSpec, settings: EngineSettings
) -> None:
    seen: list[tuple[int, int | None]] = []
    path = ensure_weights(make_spec(), settings, lambda done, total: seen.append((done, total)))
    assert path.read_bytes() == BODY
    assert seen[-1] == (len(BODY), len(BODY))
    assert seen == sorted(seen)
    assert len(seen) >= 3
    ensure_weights(make_spec(), settings)
    assert len(server.requests) == 1
    assert find_weights(make_spec(), settings) == path
    assert left_over(settings) == {"toy.onnx"}


def test_a_wrong_file_is_refused_by_name_and_leaves_nothing(
    server: FileServer, make_spec: MakeSpec, settings: EngineSettings
) -> None:
    server.body = BODY[:-1] + b"!"
    spec = make_spec()
    with pytest.raises(ModelCorrupt) as caught:
        ensure_weights(spec, settings)
    message = caught.value.message
    assert "toy.onnx" in message
    assert f"expected sha256 {spec.sha256}" in message
    assert "got " in message
    assert f"{server.url}/release/toy.onnx" in message
    assert left_over(settings) == set()
    with pytest.raises(ModelMissing):
        find_weights(spec, settings)


def test_after_a_wrong_file_the_next_source_is_asked(
    server: FileServer, make_spec: MakeSpec, settings: EngineSettings
) -> None:
    def wrong(server: FileServer, handler: BaseHTTPRequestHandler) -> None:
        server.send(handler, 200, body=BODY[::-1])

    server.plan = [wrong]
    spec = make_spec(sources=(UrlSource(f"{server.url}/a"), UrlSource(f"{server.url}/b")))
    assert ensure_weights(spec, settings).read_bytes() == BODY
    assert [path for path, _ in server.requests] == ["/a", "/b"]


def test_a_transfer_that_breaks_off_is_resumed(
    server: FileServer, make_spec: MakeSpec, settings: EngineSettings
) -> None:
    server.plan = [breaks_off(2_000_000), breaks_off(2_500_000)]
    assert ensure_weights(make_spec(), settings).read_bytes() == BODY
    first, second, third = server.ranges()
    assert first is None
    assert second is not None
    assert third is not None
    begun = [int(each.removeprefix("bytes=").rstrip("-")) for each in (second, third)]
    assert 0 < begun[0] <= 2_000_000 < begun[1] <= 2_500_000
    assert server.requests[1][1]["If-Range"] == server.etag


def test_a_later_call_resumes_what_an_earlier_one_left(
    server: FileServer, make_spec: MakeSpec, settings: EngineSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetch, "TRIES", 1)
    server.plan = [breaks_off(2_000_000)]
    with pytest.raises(WeightsUnavailable, match=r"broke off|peer closed"):
        ensure_weights(make_spec(), settings)
    assert not (settings.models_dir / "toy.onnx").exists()
    assert ensure_weights(make_spec(), settings).read_bytes() == BODY
    assert server.ranges()[1] is not None


def test_a_server_without_validators_is_asked_from_the_start(
    server: FileServer, make_spec: MakeSpec, settings: EngineSettings
) -> None:
    server.etag = None
    server.plan = [breaks_off(2_000_000)]
    assert ensure_weights(make_spec(), settings).read_bytes() == BODY
    assert server.ranges() == [None, None]


def test_a_weak_etag_is_no_ground_to_join_parts(
    server: FileServer, make_spec: MakeSpec, settings: EngineSettings
) -> None:
    server.etag = 'W/"one"'
    server.plan = [breaks_off(2_000_000)]
    assert ensure_weights(make_spec(), settings).read_bytes() == BODY
    assert server.ranges() == [None, None]


def test_a_server_that_ignores_range_starts_again(
    server: FileServer, make_spec: MakeSpec, settings: EngineSettings
) -> None:
    def ignores_range(server: FileServer, handler: BaseHTTPRequestHandler) -> None:
        server.send(handler, 200)

    server.plan = [breaks_off(2_000_000), ignores_range]
    assert ensure_weights(make_spec(), settings).read_bytes() == BODY
    assert server.ranges()[1] is not None


def test_a_file_that_changes_between_tries_is_not_joined(
    server: FileServer, make_spec: MakeSpec, settings: EngineSettings
) -> None:
    """The first try gets another version; a server that honours If-Range then sends all of the new one."""

    def old_version_breaks_off(server: FileServer, handler: BaseHTTPRequestHandler) -> None:
        server.send(handler, 200, 0, 2_000_000, body=BODY[::-1])
        server.etag = '"two"'

    server.plan = [old_version_breaks_off]
    assert ensure_weights(make_spec(), settings).read_bytes() == BODY
    assert len(server.requests) == 2


def test_a_server_that_ignores_if_range_is_found_out(server: FileServer, tmp_path: Path) -> None:
    """Before the hash is: the part itself must never hold bytes of two versions."""

    def old_version_breaks_off(server: FileServer, handler: BaseHTTPRequestHandler) -> None:
        server.send(handler, 200, 0, 2_000_000, body=BODY[::-1])
        server.etag = '"two"'

    def blind_range(server: FileServer, handler: BaseHTTPRequestHandler) -> None:
        start = int(handler.headers["Range"].removeprefix("bytes=").rstrip("-"))
        server.send(handler, 206, start)

    server.plan = [old_version_breaks_off, blind_range]
    fetch.download(f"{server.url}/x", tmp_path / "x")
    assert (tmp_path / "x").read_bytes() == BODY
    assert server.ranges()[2] is None


def test_a_partial_answer_from_another_place_is_refused(server: FileServer, tmp_path: Path) -> None:
    def from_elsewhere(server: FileServer, handler: BaseHTTPRequestHandler) -> None:
        server.send(handler, 206, 17)

    server.plan = [breaks_off(2_000_000), from_elsewhere]
    fetch.download(f"{server.url}/x", tmp_path / "x")
    assert (tmp_path / "x").read_bytes() == BODY


def test_a_part_with_bad_bytes_is_fetched_again_from_the_start(
    server: FileServer, make_spec: MakeSpec, settings: EngineSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As after a power cut: the size is right, the blocks are not."""
    monkeypatch.setattr(fetch, "TRIES", 1)
    server.plan = [breaks_off(2_000_000)]
    with pytest.raises(WeightsUnavailable):
        ensure_weights(make_spec(), settings)
    (part,) = settings.models_dir.glob("*.part")
    part.write_bytes(bytes(part.stat().st_size))
    assert ensure_weights(make_spec(), settings).read_bytes() == BODY
    assert [each is None for each in server.ranges()] == [True, False, True]


def test_a_whole_part_is_used_without_asking_again(
    server: FileServer, make_spec: MakeSpec, settings: EngineSettings, tmp_path: Path
) -> None:
    """As after a kill between the last byte and the rename."""
    part = tmp_path / "part"
    url = f"{server.url}/release/toy.onnx"
    assert fetch.download(url, part) is False
    assert fetch.download(url, part) is True
    assert len(server.requests) == 1
    fetch.forget(part)
    assert fetch.download(url, part) is False
    assert len(server.requests) == 2


def test_404_is_not_tried_again(server: FileServer, make_spec: MakeSpec, settings: EngineSettings) -> None:
    server.plan = [status(404)]
    with pytest.raises(WeightsUnavailable, match="HTTP 404 Not Found"):
        ensure_weights(make_spec(), settings)
    assert len(server.requests) == 1


def test_403_says_that_terms_may_have_to_be_accepted(
    server: FileServer, make_spec: MakeSpec, settings: EngineSettings
) -> None:
    server.plan = [status(403)]
    with pytest.raises(WeightsUnavailable, match="accepted its terms"):
        ensure_weights(make_spec(), settings)


def test_503_is_tried_again_and_retry_after_is_heard(
    server: FileServer, make_spec: MakeSpec, settings: EngineSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[float] = []
    monkeypatch.setattr(time, "sleep", waits.append)
    server.plan = [status(503, Retry_After="7"), status(429, Retry_After="9999")]
    assert ensure_weights(make_spec(), settings).read_bytes() == BODY
    assert waits == [7.0, fetch.MAX_WAIT_S]


def test_503_for_ever_is_given_up(server: FileServer, make_spec: MakeSpec, settings: EngineSettings) -> None:
    server.plan = [status(503)] * 50
    with pytest.raises(WeightsUnavailable, match="HTTP 503"):
        ensure_weights(make_spec(), settings)
    assert len(server.requests) == fetch.TRIES


def test_416_forgets_the_part(server: FileServer, make_spec: MakeSpec, settings: EngineSettings) -> None:
    server.plan = [breaks_off(2_000_000), status(416)]
    assert ensure_weights(make_spec(), settings).read_bytes() == BODY
    assert [each is None for each in server.ranges()] == [True, False, True]


def test_a_server_that_stalls_is_left(
    server: FileServer, make_spec: MakeSpec, settings: EngineSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetch, "TIMEOUT", httpx.Timeout(0.3))

    def stalls(server: FileServer, handler: BaseHTTPRequestHandler) -> None:
        server.send(handler, 200, 0, 1_500_000)
        handler.wfile.flush()
        time.sleep(1.0)

    server.plan = [stalls]
    assert ensure_weights(make_spec(), settings).read_bytes() == BODY
    server.plan = [stalls] * 50
    remove_weights(make_spec(), settings)
    with pytest.raises(WeightsUnavailable, match="ReadTimeout"):
        ensure_weights(make_spec(), settings)


def test_a_slow_server_is_waited_for(
    server: FileServer, make_spec: MakeSpec, settings: EngineSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control of the stall: what matters is the time between bytes, not the time in all."""
    monkeypatch.setattr(fetch, "TIMEOUT", httpx.Timeout(0.5))

    def drips(server: FileServer, handler: BaseHTTPRequestHandler) -> None:
        server.send(handler, 200, 0, 0)
        for start in range(0, len(BODY), len(BODY) // 8):
            handler.wfile.write(BODY[start : start + len(BODY) // 8])
            handler.wfile.flush()
            time.sleep(0.1)

    server.plan = [drips]
    assert ensure_weights(make_spec(), settings).read_bytes() == BODY
    assert len(server.requests) == 1


def test_another_size_is_refused_before_it_is_fetched(
    server: FileServer, make_spec: MakeSpec, settings: EngineSettings
) -> None:
    server.body = BODY * 2
    with pytest.raises(WeightsUnavailable, match=r"has 6,291,456 bytes, not 3,145,728"):
        ensure_weights(make_spec(), settings)
    assert left_over(settings) == set()


def test_an_endless_body_is_cut(server: FileServer, make_spec: MakeSpec, settings: EngineSettings) -> None:
    def endless(server: FileServer, handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Connection", "close")
        handler.end_headers()
        while True:
            handler.wfile.write(BODY)

    server.plan = [endless]
    with pytest.raises(WeightsUnavailable, match="more than the"):
        ensure_weights(make_spec(), settings)


def test_every_source_is_named_with_its_reason(
    server: FileServer, make_spec: MakeSpec, settings: EngineSettings, tmp_path: Path
) -> None:
    server.plan = [status(404)]
    mirror = settings.model_copy(update={"mirror": str(tmp_path / "mirror")})
    spec = make_spec(sources=(UrlSource(f"{server.url}/a"), UrlSource("http://127.0.0.1:9/b")))
    with pytest.raises(WeightsUnavailable) as caught:
        ensure_weights(spec, mirror)
    _, *lines = caught.value.message.splitlines()
    assert [line.strip().rsplit(": ", 1)[0].split(": ")[0] for line in lines] == [
        str(tmp_path / "mirror" / "toy.onnx"),
        f"{server.url}/a",
        "http://127.0.0.1:9/b",
    ]
    assert "no such file" in lines[0]
    assert "HTTP 404" in lines[1]
    assert "refused" in lines[2].lower()


def test_the_mirror_is_asked_first(server: FileServer, make_spec: MakeSpec, settings: EngineSettings) -> None:
    mirror = settings.model_copy(update={"mirror": f"{server.url}/mirror/"})
    ensure_weights(make_spec(), mirror)
    assert [path for path, _ in server.requests] == ["/mirror/toy.onnx"]


def test_offline_asks_nobody_and_says_what_to_put_where(
    server: FileServer, make_spec: MakeSpec, settings: EngineSettings
) -> None:
    spec = make_spec()
    offline = settings.model_copy(update={"offline": True, "mirror": f"{server.url}/mirror"})
    with pytest.raises(WeightsUnavailable) as caught:
        ensure_weights(spec, offline)
    assert server.requests == []
    assert f"Put toy.onnx (sha256 {spec.sha256}) into {offline.models_dir}" in caught.value.message
    (offline.models_dir / "toy.onnx").write_bytes(BODY)
    assert ensure_weights(spec, offline).read_bytes() == BODY


def test_a_row_without_a_hash_needs_one(
    server: FileServer, make_spec: MakeSpec, settings: EngineSettings
) -> None:
    sha256 = make_spec().sha256 or ""
    spec = make_spec(sha256=None, size_bytes=0)
    with pytest.raises(WeightsUnavailable, match="--sha256"):
        ensure_weights(spec, settings)
    with pytest.raises(ModelCorrupt):
        ensure_weights(spec, settings, sha256="0" * 64)
    with pytest.raises(InvalidOption, match="64 hexadecimal"):
        ensure_weights(spec, settings, sha256="beef")
    assert ensure_weights(spec, settings, sha256=sha256.upper()).read_bytes() == BODY
    assert find_weights(spec, settings).read_bytes() == BODY
    remove_weights(spec, settings)
    pinned = settings.model_copy(update={"weights_sha256": {"toy": sha256}})
    assert ensure_weights(spec, pinned).read_bytes() == BODY


def test_a_hash_that_contradicts_the_catalogue_is_refused(
    server: FileServer, make_spec: MakeSpec, settings: EngineSettings
) -> None:
    with pytest.raises(InvalidOption, match="the catalogue pins"):
        ensure_weights(make_spec(), settings, sha256="0" * 64)
    assert server.requests == []


def test_the_token_goes_to_hugging_face_alone(
    server: FileServer, make_spec: MakeSpec, settings: EngineSettings, tmp_path: Path
) -> None:
    ensure_weights(make_spec(), settings.model_copy(update={"huggingface_token": "secret"}))
    assert "Authorization" not in server.requests[0][1]
    fetch.download(f"{server.url}/x", tmp_path / "x", token="secret")
    assert server.requests[1][1]["Authorization"] == "Bearer secret"


def test_a_redirect_gets_no_token(server: FileServer, tmp_path: Path) -> None:
    elsewhere = server.url.replace("127.0.0.1", "localhost")
    server.plan = [status(302, Location=f"{elsewhere}/y")]
    fetch.download(f"{server.url}/x", tmp_path / "x", token="secret")
    assert [path for path, _ in server.requests] == ["/x", "/y"]
    assert "Authorization" in server.requests[0][1]
    assert "Authorization" not in server.requests[1][1]


def test_a_damaged_origin_file_only_costs_the_part(server: FileServer, tmp_path: Path) -> None:
    part = tmp_path / "toy.part"
    for damage in ("", "[]", "{}", json.dumps({"url": 1})):
        part.write_bytes(b"rubbish")
        part.with_name("toy.part.json").write_text(damage)
        assert fetch.download(f"{server.url}/x", part) is False
        assert part.read_bytes() == BODY
