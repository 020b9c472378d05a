"""Answers with status 200 that hold no matte: a failure at once, never a result, never asked again."""

import pytest
from PIL import Image

from lumiku.engine.types import Deadline
from support.provider_answers import GOOD, GREY, HEIGHT, RGB, WIDTH, encoded, fails, masks, picture

BAD_FOR_ALL = {
    "empty": (b"", "empty body"),
    "html": (b"<!DOCTYPE html><p>Busy", "web page"),
    "text": (b"please try later", "bytes rather than"),
    "json error": (b'{"error": "out of memory"}', "out of memory"),
    "jpeg": (encoded(picture("RGB"), "JPEG"), "JPEG picture"),
    "gif": (encoded(picture("P"), "GIF"), "rather than a whole PNG"),
    "png without alpha": (encoded(picture("RGB")), "without alpha"),
    "webp without alpha": (encoded(picture("RGB"), "WEBP"), "without alpha"),
    "opaque": (encoded(picture(alpha=255)), "nothing was removed"),
    "truncated": (GOOD[: len(GOOD) // 2], "damaged PNG"),
    "only a header": (GOOD[:33], "a whole PNG"),
    "other shape": (encoded(picture(size=(HEIGHT, WIDTH))), "48x64 pixels where 64x48"),
    "square": (encoded(picture(size=(WIDTH, WIDTH))), "64x64 pixels where 64x48"),
    "thumbnail": (encoded(picture(size=(4, 3))), "4x3 pixels"),
    "too large": (encoded(picture("LA", (6400, 4800))), "more than we read"),
}


@pytest.mark.parametrize("family", ["segmind", "huggingface"])
@pytest.mark.parametrize(("body", "says"), BAD_FOR_ALL.values(), ids=BAD_FOR_ALL)
def test_what_is_no_picture_with_alpha_is_a_failure(server, open_model, family, body, says):
    server.will(server.reply(body, Content_Type="image/png"), server.reply(GOOD))
    fails(open_model(family), says)
    assert len(server.requests) == 1


BAD_MASKS = {
    "no list": (b'{"mask": "x"}', "no list"),
    "no mask": (masks(), "0 masks"),
    "two": (masks(("cat", GREY), ("dog", GREY)), "2 masks"),
    "strings": (b'["x"]', "no mask"),
    "not text": (masks({"label": "x", "mask": 5}), "no mask"),
    "not base64": (masks({"label": "x", "mask": "*é*"}), "not base64"),
    "base64 and more": (masks(("x", GREY)).replace(b'"mask": "', b'"mask": "!'), "not base64"),
    "no picture": (masks(("x", b"no picture")), "bytes rather than"),
    "colour": (masks(("x", encoded(picture("RGB")))), "not grey"),
    "cut-out": (masks(("x", GOOD)), "not grey"),
    "truncated": (masks(("x", GREY[: len(GREY) // 2])), "damaged"),
    "other shape": (masks(("x", encoded(Image.new("L", (WIDTH, WIDTH))))), "64x64"),
    "white": (masks(("x", encoded(Image.new("L", (WIDTH, HEIGHT), 255)))), "nothing was removed"),
    "deep": (b"[" * 200_000, "no list"),
    "only background": (masks(("background", GREY)), "0 masks"),
}


@pytest.mark.parametrize(("body", "says"), BAD_MASKS.values(), ids=BAD_MASKS)
def test_what_is_not_one_mask_is_a_failure(server, open_model, body, says):
    server.will(server.reply(body), server.reply(GOOD))
    fails(open_model("huggingface"), says)
    assert len(server.requests) == 1


def test_a_mask_is_no_answer_for_who_promises_a_picture(server, open_model):
    server.will(server.reply(masks(("x", GREY))))
    fails(open_model("segmind"), "JSON")


def test_the_background_beside_the_subject_is_passed_over(server, open_model):
    white = encoded(Image.new("L", (WIDTH, HEIGHT), 255))
    server.will(server.reply(masks(("Background", white), ("foreground", GREY))))
    assert open_model("huggingface").predict(RGB, Deadline()).min() < 0.1
