"""Somebody new: registers, takes a background off, puts another on, takes it away, runs out of credits."""

import io
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Download, Page, expect

from support.browser import drop, glance, hold_uploads_back, let_uploads_go
from support.scenes import pixels, portrait, shows_the_person
from support.site import PASSWORD, REMOVER, Visit, new_address

pytestmark = pytest.mark.models
GREEN = (0x1D, 0x6B, 0x44)


def hand_in(page: Page, name: str = "eileen.jpg") -> None:
    page.locator("input[type=file]").set_input_files(
        {"name": name, "mimeType": "image/jpeg", "buffer": portrait()}
    )


def saved(download: Download) -> bytes:
    return Path(download.path()).read_bytes()


def test_from_the_first_page_to_a_new_background(visit: Callable[..., Visit]) -> None:
    one = visit()
    page = one.page
    one.go("/")
    hand_in(page)  # on the landing page: it waits for the account
    email = new_address()
    page.get_by_label("Your name").fill("Budi Santoso")
    page.get_by_label("E-mail address").fill(email)
    page.get_by_role("textbox", name="Password").fill(PASSWORD)
    page.get_by_role("button", name="Create account").click()
    download = page.get_by_role("button", name="Download")
    expect(download).to_be_visible()

    with page.expect_download() as taken:
        download.click()
    assert taken.value.suggested_filename == "removed-eileen.png"
    cutout = pixels(saved(taken.value))
    assert cutout.shape == (256, 256, 4)
    assert shows_the_person(cutout)
    assert not shows_the_person(pixels(portrait()))  # the picture as it was would not pass

    page.get_by_text("Picture", exact=True).click()
    behind = page.locator("input[type=file]")
    behind.set_input_files({"name": "torn.jpg", "mimeType": "image/jpeg", "buffer": portrait()[:2000]})
    expect(page.get_by_role("alert")).to_contain_text("torn.jpg: The picture is damaged")
    tiff = io.BytesIO()
    Image.new("RGB", (64, 64), GREEN).save(tiff, "TIFF")
    behind.set_input_files({"name": "sea.tif", "mimeType": "image/tiff", "buffer": tiff.getvalue()})
    expect(page.get_by_role("alert")).to_have_count(0)
    stage = page.get_by_role("img", name="eileen.jpg without its background")
    expect(stage).to_have_attribute("src", re.compile("^blob:"))  # composed: no browser of ours shows TIFF
    with page.expect_download() as taken:
        download.click()
    corner = pixels(saved(taken.value), "RGB")[:8, :8].mean(axis=(0, 1))
    assert max(abs(corner - GREEN)) < 6

    page.get_by_text("Colour", exact=True).click()
    page.get_by_role("button", name="#1d6b44").click()
    page.get_by_text("JPEG", exact=True).click()
    with page.expect_download() as taken:
        download.click()
    file = saved(taken.value)
    assert Image.open(io.BytesIO(file)).format == "JPEG"
    corner = pixels(file, "RGB")[:8, :8].mean(axis=(0, 1))
    assert max(abs(corner - GREEN)) < 6

    # Composing anew cost nothing, and what was done stands in the books.
    (job,) = one.read("/api/background-remover/jobs")["jobs"]
    spent = job["creditsUsed"]
    assert (job["status"], job["originalName"], spent > 0) == ("completed", "eileen.jpg", True)
    entries = one.read("/api/credits/history")["entries"]
    assert sorted(entry["amount"] for entry in entries) == [-spent, 100]
    balance = one.read("/api/credits/balance")
    assert (balance["balance"], balance["held"]) == (100 - spent, 0)
    expect(page.get_by_label("Your numbers")).to_contain_text(str(100 - spent))


def test_several_pictures_let_go_by_a_stranger_wait_for_batch(
    visit: Callable[..., Visit], tmp_path: Path
) -> None:
    one = visit()
    page = one.page
    paths = [tmp_path / name for name in ("one.jpg", "two.jpg")]
    for path in paths:
        path.write_bytes(portrait())
    one.go("/")
    expect(page.get_by_text("3 credits a picture")).to_be_visible()  # from the server: the page is alive
    drop(page, *paths, at=(300, 300))
    expect(page.get_by_text("2 pictures are waiting.")).to_be_visible()
    page.get_by_label("Your name").fill("Budi Santoso")
    page.get_by_label("E-mail address").fill(new_address())
    page.get_by_role("textbox", name="Password").fill(PASSWORD)
    page.get_by_role("button", name="Create account").click()
    expect(page.get_by_role("heading", name="Many at once")).to_be_visible()
    for path in paths:
        expect(page.get_by_role("button", name=f"Take {path.name} out")).to_be_visible()


def test_a_link_to_the_picture_works_for_strangers(person: Visit, visit: Callable[..., Visit]) -> None:
    page = person.page
    person.go(f"{REMOVER}/single")
    hand_in(page)
    page.get_by_role("button", name="Share").click()
    dialog = page.get_by_role("dialog", name="A link for others")
    expect(dialog).to_contain_text("Nobody else sees")
    dialog.get_by_role("button", name="Make a link").click()
    link = page.get_by_role("textbox", name="Link")
    expect(link).to_have_value(re.compile("^http.+signature="))
    stranger = visit()
    address = link.input_value()
    answer = stranger.context.request.get(address)
    assert answer.headers["content-type"] == "image/png"
    assert shows_the_person(pixels(answer.body()))
    expect(dialog).to_contain_text("is shared until")
    dialog.get_by_role("button", name="Stop sharing").click()
    expect(dialog).to_contain_text("Nobody else sees")
    stranger.watch.expect(404, "/shared/")
    stranger.page.goto(address)
    expect(stranger.page.get_by_role("heading", name="This picture is no longer shared")).to_be_visible()
    assert glance(stranger.page, "no-longer-shared") == []


def test_who_runs_out_of_credits_is_told_what_to_do(person: Visit, visit: Callable[..., Visit]) -> None:
    admin = visit(email=person.site.admin)
    who = person.read("/api/auth/profile")["user"]["id"]

    def change(amount: int) -> None:
        admin.change("/api/admin/credits", {"userId": who, "amount": amount, "note": "spent elsewhere"})

    page = person.page
    person.go(f"{REMOVER}/batch")
    page.locator("input[data-pick=files]").set_input_files(
        [
            {"name": f"{number}.jpg", "mimeType": "image/jpeg", "buffer": portrait(96, number)}
            for number in (0, 1)
        ]
    )
    page.get_by_role("radio", name="Basic").check()
    start, told = page.get_by_role("button", name="Start with 2"), page.get_by_role("alert")
    expect(start).to_be_enabled()
    change(-98)
    start.click()  # it is asked for again before a file is sent
    expect(told).to_contain_text("costs 6 credits and you have 2")
    assert person.read("/api/background-remover/batches")["batches"] == []

    change(4)
    hold_uploads_back(page, after=0)
    start.click()  # once the page has seen it
    expect(page.get_by_text("Sending: 0 of 2").first).to_be_visible()
    change(-4)
    person.watch.expect(402, "/api/background-remover/batch/")
    let_uploads_go(page)
    expect(told).to_contain_text("costs 6 credits and you have 2")
    assert glance(page, "batch-unpaid") == []
    change(4)
    expect(page.get_by_text("There are enough credits now")).to_be_visible()
    page.get_by_role("button", name="Try to start again").click()
    expect(page.get_by_text("All 2 are done").first).to_be_visible()
    change(2)
    person.go(f"{REMOVER}/single")
    person.watch.expect(402, "/api/background-remover/remove")
    hand_in(page)
    expect(told).to_contain_text("you have 2")
    assert len(person.read("/api/background-remover/jobs")["jobs"]) == 2
    assert person.read("/api/credits/balance")["balance"] == 2
    told.get_by_role("link").click()
    expect(page).to_have_url(re.compile("/subscription$"))
