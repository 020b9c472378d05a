"""Pictures that are dropped and pasted, and cut-outs that are touched up with the brush."""

import io
import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from lumiku.engine.types import U8
from support.browser import drop
from support.scenes import pixels, portrait, shows_the_person
from support.site import API, REMOVER, Visit, log_in_again

pytestmark = pytest.mark.models
SIZE = 256
FACE, CORNER, CHEST = (0.45, 0.25), (0.1, 0.08), (0.5, 0.75)
STROKE = 0.08  # how far each goes to the right, of the picture's width


def stroke(page: Page, at: tuple[float, float]) -> None:
    """Draw to the right from a place, given in shares of the picture."""
    box = page.locator("canvas").bounding_box()
    assert box is not None
    x, y = box["x"] + at[0] * box["width"], box["y"] + at[1] * box["height"]
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + STROKE * box["width"], y, steps=4)
    page.mouse.up()


def around(at: tuple[float, float], radius: float) -> U8:
    """Where a stroke from there went, and everything within a radius of it; of the picture's size."""
    rows, columns = (np.mgrid[:SIZE, :SIZE] + 0.5) / SIZE
    beside = np.clip(columns, at[0], at[0] + STROKE) - columns
    return np.hypot(beside, rows - at[1]) < radius


STROKES_KEPT = """() => new Promise((done) => {
  const opening = indexedDB.open('lumiku-edits');
  opening.onsuccess = () => {
    const reading = opening.result.transaction('works').objectStore('works').getAll();
    reading.onsuccess = () => {
      opening.result.close();
      done(reading.result.some(({strokes}) => strokes.done.length > 0));
    };
  };
})"""


def downloaded(page: Page) -> U8:
    with page.expect_download() as taken:
        page.get_by_role("button", name="Download").click()
    return pixels(Path(taken.value.path()).read_bytes())


def test_the_brush_changes_what_it_went_over_and_nothing_else(person: Visit) -> None:
    page = person.page
    job = person.remove("eileen.png", portrait(SIZE))
    spent = person.read("/api/credits/history")["entries"]
    person.go(f"{REMOVER}/single/{job['id']}")
    before = downloaded(page)
    assert shows_the_person(before)

    page.get_by_role("button", name="Touch up").click()
    page.get_by_label("Size").fill("50")  # thousandths of the longer side
    stroke(page, FACE)
    undo = page.get_by_role("button", name="Undo")
    expect(undo).to_be_enabled()
    page.wait_for_function(STROKES_KEPT)  # some milliseconds after the stroke
    page.reload()  # and nothing is saved
    expect(undo).to_be_enabled()
    page.get_by_label("Size").fill("50")
    page.get_by_text("Keep", exact=True).click()
    stroke(page, CORNER)
    page.get_by_text("Erase", exact=True).click()
    stroke(page, CHEST)
    person.watch.expect(401, "/api/")
    person.context.clear_cookies()
    page.get_by_role("button", name="Save", exact=True).click()
    log_in_again(person)
    undo.click()
    page.get_by_role("button", name="Save", exact=True).click()

    after = downloaded(page)
    changed = np.abs(after[..., 3].astype(int) - before[..., 3]) > 8
    assert after[..., 3][around(FACE, 0.04)].max() < 8
    assert after[..., 3][around(CORNER, 0.04)].min() > 247
    assert not changed[~around(FACE, 0.06) & ~around(CORNER, 0.06)].any()
    assert before[..., 3][around(CHEST, 0.04)].min() > 247  # what was taken back would have shown
    kept = (
        after[..., :3][around(CORNER, 0.04)].astype(int) - pixels(portrait(SIZE), "RGB")[around(CORNER, 0.04)]
    )
    assert np.abs(kept).mean() < 6  # the picture itself came back, and not something else
    assert person.read("/api/credits/history")["entries"] == spent

    page.get_by_role("button", name="Touch up").click()
    page.get_by_role("button", name="Back to the model").click()
    again = downloaded(page)
    assert np.array_equal(again[..., 3], before[..., 3])
    assert np.array_equal(again[before[..., 3] == 255], before[before[..., 3] == 255])


def test_dropped_on_the_page_and_pasted_from_the_clipboard(person: Visit, tmp_path: Path) -> None:
    page = person.page
    (tmp_path / "eileen.jpg").write_bytes(portrait())
    person.go(f"{REMOVER}/single")
    page.get_by_role("radio", name="Basic").check()
    (tmp_path / "shop").mkdir()
    drop(page, tmp_path / "shop", at=(640, 20))
    expect(page.get_by_text("Folders go to Batch").first).to_be_visible()
    drop(page, tmp_path / "eileen.jpg", at=(640, 20))  # on the bar on top: anywhere on the page
    expect(page.get_by_role("button", name="Download")).to_be_visible()
    assert shows_the_person(downloaded(page))

    page.get_by_role("button", name="Copy", exact=True).click()
    expect(page.get_by_text("Copied", exact=False).first).to_be_visible()
    for _ in range(3):  # in a hurry: it is one picture all the same
        page.keyboard.press("Control+v")
    expect(page.get_by_role("heading", name=re.compile("^image.png"))).to_be_attached()
    expect(page.get_by_role("button", name="Download")).to_be_visible()
    assert shows_the_person(downloaded(page))
    jobs = person.read(f"{API}/jobs")["jobs"]
    assert sorted((job["originalName"], job["status"], job["tier"]) for job in jobs) == [
        ("eileen.jpg", "completed", "basic"),
        ("image.png", "completed", "basic"),
    ]
    original = person.context.request.get(person.site.url + jobs[0]["originalUrl"]).body()
    assert Image.open(io.BytesIO(original)).mode == "RGBA"  # what was pasted is the cut-out that was copied


def test_files_dropped_on_the_batch_and_a_folder_with_all_that_lies_in_it(
    person: Visit, tmp_path: Path
) -> None:
    page = person.page
    folder = tmp_path / "shop"
    (folder / "shoes").mkdir(parents=True)
    for number, name in enumerate(("hat.jpg", "shoes/left.jpg", "shoes/right.jpg")):
        (folder / name).write_bytes(portrait(96, number))
    (folder / "shoes" / ".hidden.jpg").write_bytes(portrait(96, 9))
    (folder / "letter.txt").write_text("Dear Budi, this is no picture.")
    alone = [tmp_path / "first.jpg", tmp_path / "second.jpg"]
    for number, path in enumerate(alone):
        path.write_bytes(portrait(96, 10 + number))
    person.go(f"{REMOVER}/jobs")
    expect(page.get_by_role("heading", name="Jobs")).to_be_visible()
    drop(page, *alone, at=(640, 20))  # no place for pictures: they go to the one for many
    expect(page.get_by_role("button", name="Choose a folder")).to_be_visible()
    rows = page.get_by_role("listitem")
    expect(rows).to_have_count(2)
    page.locator("input[data-pick=folder]").set_input_files(folder)
    expect(rows).to_have_count(6)  # the hidden one is not meant
    expect(rows.filter(has_text="letter.txt")).to_contain_text("not a picture")
    page.get_by_role("radio", name="Basic").check()
    page.get_by_role("button", name="Start with 5").click()
    expect(page.get_by_text("All 5 are done").first).to_be_visible()
    (batch,) = person.read(f"{API}/batches")["batches"]
    items = person.read(f"{API}/batch/{batch['id']}")["items"]
    assert sorted(item["originalName"] for item in items) == [
        *("first.jpg", "hat.jpg", "left.jpg", "right.jpg", "second.jpg"),
    ]
