"""Thirty pictures of which two are none, with a reload on the way; and a key that works from a terminal."""

import hashlib
import io
import re
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import FilePayload, expect

from support.browser import hold_uploads_back, let_uploads_go
from support.scenes import pixels, portrait, shows_the_person
from support.site import REMOVER, Visit

pytestmark = pytest.mark.models
GOOD = 28
FIRST = 5  # files that are sent before the reload
PRICE = 3  # of a basic one


def pictures() -> list[FilePayload]:
    good = [(f"portrait-{number:02}.jpg", portrait(128, number)) for number in range(GOOD)]
    bad = [("letter.jpg", b"Dear Budi, this is no picture."), ("cut-off.jpg", portrait(128, 40)[:900])]
    return [{"name": name, "mimeType": "image/jpeg", "buffer": held} for name, held in good + bad]


def test_thirty_of_which_two_are_none_with_a_reload_on_the_way(person: Visit) -> None:
    page = person.page
    person.watch.expect(400, "/api/background-remover/batch/")
    person.watch.expect(422, "/api/background-remover/batch/")
    person.go(f"{REMOVER}/batch")
    page.locator("input[data-pick=files]").set_input_files(pictures())
    page.get_by_role("radio", name="Basic").check()
    hold_uploads_back(page, after=FIRST)
    page.get_by_role("button", name=re.compile("^Start with")).click()
    expect(page.get_by_text(re.compile(f"Sending: {FIRST} of"))).to_be_visible(timeout=30_000)
    page.reload()
    let_uploads_go(page)
    lost = page.get_by_role("heading", name=re.compile("files were not kept"))
    start = page.get_by_role("button", name=re.compile("^Start for"))
    done = page.get_by_text(re.compile(f"{GOOD} done"))
    expect(lost.or_(start).or_(done).first).to_be_visible(timeout=90_000)
    if lost.is_visible():  # the reload was faster than the browser's keeping of the files
        page.locator("input[data-pick=files]").set_input_files(pictures())
        expect(start.or_(done).first).to_be_visible(timeout=90_000)
    if start.is_visible():  # one file less than was counted on: asked whether to go on
        start.click()
    expect(done.first).to_be_visible(timeout=120_000)

    (batch,) = person.read("/api/background-remover/batches")["batches"]
    assert (batch["processedImages"], batch["failedImages"]) == (GOOD, 0)
    with page.expect_download() as taken:
        page.get_by_text("Download all").click()
    archive = zipfile.ZipFile(io.BytesIO(Path(taken.value.path()).read_bytes()))
    names = {name for name in archive.namelist() if name.endswith(".png")}
    assert names == {f"removed-portrait-{number:02}.png" for number in range(GOOD)}
    sums = {hashlib.sha256(archive.read(name)).hexdigest() for name in names}
    assert len(sums) == GOOD  # each its own, none twice
    assert all(shows_the_person(pixels(archive.read(name))) for name in sorted(names)[:3])
    balance = person.read("/api/credits/balance")
    assert balance["held"] == 0
    assert 0 < 100 - balance["balance"] <= GOOD * PRICE
