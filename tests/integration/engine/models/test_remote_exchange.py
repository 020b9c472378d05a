"""Remote models against a real HTTP server that misbehaves in every way we know of."""

import base64
import contextlib
import gzip
import io
import json
import logging
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from email.utils import format_datetime

import numpy as np
import pytest
from PIL import Image

from lumiku.engine.errors import DeadlineExceeded
from lumiku.engine.types import Deadline
from support.provider_answers import GOOD, GREY, HEIGHT, KEY, RGB, WIDTH, encoded, fails, masks, picture

NOW = 1_800_000_000.0
OK_HEAD = b"HTTP/1.0 200 OK\r\n"


# What a good provider gives


def test_segmind_sends_base64_json_with_its_key_and_takes_the_alpha(server, open_model, naps):
    server.will(server.reply(GOOD))
    model = open_model()
    matte = model.predict(RGB, Deadline())
    assert matte.shape == (HEIGHT, WIDTH)
    assert matte.dtype == np.float32
    assert np.allclose(matte * 255, np.asarray(picture().getchannel("A")))
    (request,) = server.requests
    assert request.headers["x-api-key"] == KEY
    assert request.headers["content-type"] == "application/json"
    sent = json.loads(request.body)
    assert sent["method"] == "object"
    assert Image.open(io.BytesIO(base64.b64decode(sent["image"]))).size == (WIDTH, HEIGHT)
    assert naps == []
    ran = model.execution
    assert (ran.model, ran.version, ran.runtime, ran.device) == ("m", "1.4", "segmind", "remote")
    assert ran.precision == "remote"


def test_hugging_face_sends_the_picture_itself_and_takes_the_one_mask(server, open_model):
    server.will(server.reply(masks(("label", GREY))))
    matte = open_model("huggingface").predict(RGB, Deadline())
    assert np.allclose(matte * 255, np.asarray(Image.open(io.BytesIO(GREY))))
    (request,) = server.requests
    assert request.headers["authorization"] == f"Bearer {KEY}"
    assert request.headers["content-type"] == "image/jpeg"
    assert Image.open(io.BytesIO(request.body)).format == "JPEG"


def test_a_large_picture_is_sent_reduced(server, open_model):
    server.will(server.reply(encoded(picture(size=(2048, 1024)))))
    matte = open_model("huggingface").predict(np.zeros((1500, 3000, 3), np.uint8), Deadline())
    assert matte.shape == (1024, 2048)
    assert Image.open(io.BytesIO(server.requests[0].body)).size == (2048, 1024)


def test_an_empty_matte_is_an_answer(server, open_model):
    server.will(server.reply(encoded(picture(alpha=0))))
    assert open_model().predict(RGB, Deadline()).max() == 0


def test_one_model_serves_many_threads(server, open_model):
    server.will(*[server.reply(GOOD)] * 16)
    model = open_model()
    with ThreadPoolExecutor(8) as pool:
        mattes = list(pool.map(lambda _: model.predict(RGB, Deadline()), range(16)))
    assert all(np.array_equal(matte, mattes[0]) for matte in mattes)
    assert len(server.requests) == 16


# What is tried again


def test_loading_is_waited_for_as_estimated_up_to_the_longest_pause(server, open_model, naps):
    loading = {"error": "Model is currently loading", "estimated_time": 20.5}
    server.will(server.reply(json.dumps(loading).encode(), 503))
    server.will(server.reply(json.dumps({**loading, "estimated_time": 1e4}).encode(), 503))
    server.will(server.reply(GOOD))
    open_model().predict(RGB, Deadline())
    assert naps == [20.5, 60.0]
    assert len(server.requests) == 3


@pytest.mark.parametrize("estimate", ["NaN", "-1", "null", '"soon"', "Infinity", "[]"])
def test_a_senseless_estimate_is_backed_off(server, open_model, naps, estimate):
    server.will(server.reply(b'{"estimated_time": %s}' % estimate.encode(), 503), server.reply(GOOD))
    open_model().predict(RGB, Deadline())
    assert naps == [0.5]


def test_an_enormous_estimate_is_cut(server, open_model, naps):
    server.will(server.reply(b'{"estimated_time": %s}' % (b"9" * 400), 503), server.reply(GOOD))
    open_model().predict(RGB, Deadline())
    assert naps == [60.0]


@pytest.mark.parametrize(
    ("header", "pause_s"),
    [
        ("7", 7.0),
        (format_datetime(datetime.fromtimestamp(NOW + 12, UTC), usegmt=True), 12.0),
        (format_datetime(datetime.fromtimestamp(NOW - 12, UTC), usegmt=True), 0.0),
        (format_datetime(datetime.fromtimestamp(NOW + 12, timezone(timedelta(hours=1)))), 12.0),
        (datetime.fromtimestamp(NOW + 12, UTC).strftime("%a, %d %b %Y %H:%M:%S -0000"), 12.0),
        ("soon", 0.5),
        ("Fri, 99 Nov 2026 00:00:00 GMT", 0.5),
        ("-3", 0.5),
    ],
)
def test_retry_after_is_respected(server, open_model, naps, header, pause_s):
    server.will(server.reply(b"", 429, Retry_After=header), server.reply(GOOD))
    open_model().predict(RGB, Deadline())
    assert naps == [pause_s]


@pytest.mark.parametrize("header", ["61", "9" * 400])
def test_who_asks_for_a_longer_pause_is_not_asked_again(server, open_model, naps, header):
    server.will(server.reply(b"", 429, Retry_After=header), server.reply(GOOD))
    fails(open_model(), "too many requests")
    assert (len(server.requests), naps) == (1, [])


def test_server_faults_are_backed_off_and_tried_four_times_in_all(server, open_model, naps):
    server.will(*[server.reply(b"{}", status) for status in (500, 502, 503, 504)], server.reply(GOOD))
    assert fails(open_model(), r"gave no result \(HTTP 504\)").details["status"] == 504
    assert len(server.requests) == 4
    assert naps == [0.5, 1.0, 2.0]


def test_chance_spreads_the_pauses(server, open_model, naps):
    server.will(server.reply(b"", 500), server.reply(GOOD))
    open_model(chance=lambda: 0.5).predict(RGB, Deadline())
    assert naps == [0.75]


def test_a_reset_connection_is_tried_again(server, open_model, naps):
    server.will(server.reset(), server.reply(GOOD))
    open_model().predict(RGB, Deadline())
    assert (len(server.requests), naps) == (2, [0.5])


def test_a_body_shorter_than_declared_is_tried_again_and_then_fails(server, open_model):
    server.will(*[server.reply(GOOD[:100], Content_Length=str(len(GOOD)))] * 4)
    fails(open_model(), "broke the connection off")
    assert len(server.requests) == 4


def test_two_lengths_are_no_answer(server, open_model):
    head = OK_HEAD + b"Content-Length: %d\r\nContent-Length: 5\r\n\r\n" % len(GOOD)
    server.will(lambda handler: handler.wfile.write(head + GOOD))
    fails(open_model(tries=1), "broke the connection off")


def test_a_body_longer_than_declared_is_cut_there(server, open_model):
    server.will(server.reply(GOOD, Content_Length=str(len(GOOD) // 2)), server.reply(GOOD))
    fails(open_model(), "damaged PNG")
    assert len(server.requests) == 1


def test_nobody_listening(server, open_model):
    model = open_model(tries=2)
    server.socket.close()
    fails(model, "could not be reached")


def test_no_answer_at_all(server, open_model):
    server.will(*[lambda handler: handler.server.closing.wait()] * 2)
    fails(open_model(tries=2, try_s=0.3), r"gave no answer")
    assert len(server.requests) == 2


@pytest.mark.parametrize(
    ("head", "drop"),
    [
        (OK_HEAD, b"X: y\r\n"),
        (OK_HEAD + b"Content-Length: 9999\r\n\r\n", b"x"),
        (OK_HEAD + b"\r\n", b"x"),
        (b"", b"H"),
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    ],
    ids=["head", "body", "body-to-the-end", "status", "continue"],
)
def test_a_drip_is_cut_at_the_time_of_a_try(server, open_model, head, drop):
    server.will(*[server.drip(head, drop)] * 2)
    began = time.monotonic()
    fails(open_model(tries=2, try_s=0.4), r"gave no answer within 0\.4 s|broke the connection off")
    assert time.monotonic() - began < 20  # a guard against a hang, not a measurement


def test_a_good_picture_cut_by_the_clock_is_no_answer(server, open_model):
    server.will(server.drip(OK_HEAD + b"\r\n" + GOOD, b""))
    fails(open_model(tries=1, try_s=0.3), r"gave no answer within 0\.3 s")


# What is never tried again


@pytest.mark.parametrize(
    ("family", "name"), [("segmind", "SEGMIND_KEY"), ("huggingface", "HUGGINGFACE_TOKEN")]
)
@pytest.mark.parametrize("status", [401, 403])
def test_a_refused_key_names_its_setting(server, open_model, family, name, status):
    server.will(server.reply(json.dumps({"error": f"bad key {KEY}"}).encode(), status), server.reply(GOOD))
    error = fails(open_model(family), f"LUMIKU_ENGINE__{name}.*HTTP {status}")
    assert "bad key ***" in error.message
    assert len(server.requests) == 1


@pytest.mark.parametrize("status", [400, 402, 404, 406, 408, 413, 422])
def test_a_client_fault_says_what_the_provider_says(server, open_model, naps, status):
    server.will(server.reply(b'{"error": {"message": "Not\\nenough credits"}}', status), server.reply(GOOD))
    fails(open_model(), f"HTTP {status}.: Not enough credits")
    assert (len(server.requests), naps) == (1, [])


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(server, open_model, status):
    server.will(server.reply(b"", status, Location=server.url.replace("127.0.0.1", "localhost")))
    server.will(server.reply(GOOD))
    fails(open_model(), "redirects elsewhere")
    assert len(server.requests) == 1


@pytest.mark.parametrize("status", [201, 202, 204, 206])
def test_another_success_is_none(server, open_model, status):
    server.will(server.reply(b"" if status == 204 else GOOD, status), server.reply(GOOD))
    fails(open_model(), f"HTTP {status}")
    assert len(server.requests) == 1


# Too much


def test_an_endless_body_is_cut(server, open_model):
    server.will(server.drip(OK_HEAD + b"\r\n", b"x" * 100_000, 0.0), server.reply(GOOD))
    fails(open_model(max_bytes=1_000_000), "more than 1000000 bytes")
    assert len(server.requests) == 1


def test_a_body_declared_too_long_is_not_read(server, open_model):
    server.will(server.reply(b"", Content_Length="40000000"))
    fails(open_model(), "more than 32000000 bytes")


def test_an_answer_at_the_limit_passes(server, open_model):
    server.will(server.reply(GOOD))
    open_model(max_bytes=len(GOOD)).predict(RGB, Deadline())


@pytest.mark.parametrize(
    "body", [gzip.compress(bytes(50_000_000)), gzip.compress(GOOD)], ids=["bomb", "good"]
)
def test_compression_that_was_not_asked_for_is_refused(server, open_model, body):
    server.will(server.reply(body, Content_Encoding="gzip"), server.reply(GOOD))
    fails(open_model(), "compressed")
    assert server.requests[0].headers["accept-encoding"] == "identity"
    assert len(server.requests) == 1


# The deadline


def test_a_pause_beyond_the_deadline_is_not_made(server, open_model, naps):
    server.will(server.reply(b"", 429, Retry_After="50"), server.reply(GOOD))
    with pytest.raises(DeadlineExceeded, match="too many requests"):
        open_model().predict(RGB, Deadline.after(30))
    assert (len(server.requests), naps) == (1, [])


def test_a_try_is_cut_at_the_deadline(server, open_model):
    server.will(*[server.drip(OK_HEAD, b"X: y\r\n")] * 4)
    began = time.monotonic()
    with pytest.raises(DeadlineExceeded):
        open_model().predict(RGB, Deadline.after(0.4))
    assert time.monotonic() - began < 20  # as above
    assert len(server.requests) == 1


def test_a_deadline_already_over_sends_nothing(server, open_model):
    with pytest.raises(DeadlineExceeded, match="before the step 'remote'"):
        open_model().predict(RGB, Deadline.after(0))
    assert server.requests == []


# Secrets


@pytest.mark.parametrize("family", ["segmind", "huggingface"])
def test_the_key_is_in_no_log_at_any_level(server, open_model, caplog, family):
    with contextlib.ExitStack() as stack:
        for logger in ("", "httpx", "httpcore"):  # a server's log, if one was set up before, silences these
            stack.enter_context(caplog.at_level(logging.DEBUG, logger))
        server.will(server.reply(b"", 500), server.reset(), server.reply(GOOD))
        open_model(family).predict(RGB, Deadline())
    assert "HTTP/1" in caplog.text  # the libraries did log
    assert KEY not in caplog.text
    assert any(KEY in value for value in server.requests[-1].headers.values())
