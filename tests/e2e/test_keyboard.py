"""Everything by keyboard: from logging in to a picture with another background."""

import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from support.keyboard import focused, tab_to
from support.scenes import pixels, portrait, shows_the_person
from support.site import PASSWORD, Site, Visit, register_person

pytestmark = pytest.mark.models


def stays(page: Page) -> str:
    """The focus is somewhere, and not lost with what had it; where."""
    page.wait_for_function("() => document.activeElement && document.activeElement !== document.body")
    now = focused(page)
    assert now is not None
    return now["name"]


def saved(page: Page) -> bytes:
    with page.expect_download() as taken:
        page.keyboard.press("Enter")
    return Path(taken.value.path()).read_bytes()


def log_in(page: Page, email: str) -> None:
    tab_to(page, "E-mail address")
    page.keyboard.type(email)
    tab_to(page, "Password")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")


def test_without_a_mouse(site: Site, visit: Callable[..., Visit]) -> None:
    one = visit()
    page = one.page
    page.on("filechooser", lambda _: None)  # asked for now, not in a race with a key
    one.go("/login")
    log_in(page, register_person(site))
    expect(page.get_by_role("heading", name="Hello")).to_be_visible()
    stays(page)
    tab_to(page, "Remove a background")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Choose a picture")).to_be_visible()
    stays(page)
    tab_to(page, "Choose a picture")
    with page.expect_file_chooser() as asked:
        page.keyboard.press("Enter")
    asked.value.set_files({"name": "eileen.jpg", "mimeType": "image/jpeg", "buffer": portrait()})
    expect(page.get_by_role("button", name="Download")).to_be_visible()
    stays(page)

    tab_to(page, "Before and after")
    line = page.get_by_role("slider", name="Before and after")
    both = line.locator("xpath=..")
    at, shown = int(line.input_value()), both.screenshot()
    for _ in range(5):
        page.keyboard.press("ArrowRight")
    assert int(line.input_value()) == at + 5
    assert both.screenshot() != shown
    tab_to(page, "Download")
    assert shows_the_person(pixels(saved(page)))

    tab_to(page, "Share")
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    assert dialog.evaluate("(dialog) => dialog.contains(document.activeElement)")
    tab_to(page, "Make a link")
    page.keyboard.press("Enter")
    tab_to(page, "Copy")
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    assert stays(page) == "Share"

    tab_to(page, "Transparent")
    page.keyboard.press("ArrowRight")
    assert stays(page) == "Colour"
    tab_to(page, "#1d6b44")
    page.keyboard.press("Enter")
    tab_to(page, "Download", back=True)
    expect(page.get_by_role("button", name="Download")).not_to_have_attribute("aria-busy", "true")
    file = saved(page)
    assert Image.open(io.BytesIO(file)).format == "PNG"
    assert np.abs(pixels(file, "RGB")[:8, :8].mean(axis=(0, 1)) - (0x1D, 0x6B, 0x44)).max() < 6

    tab_to(page, "Appearance", back=True)
    page.keyboard.press("Enter")
    expect(page.get_by_role("menuitemradio", name="Light")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("menuitemradio", name="Dark")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.keyboard.press("Escape")
    expect(page.get_by_role("menu")).to_have_count(0)
    assert stays(page).startswith("Appearance")
    tab_to(page, "Account")
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowUp")  # from the first to the last
    expect(page.get_by_role("menuitem", name="Log out")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Log in")).to_be_visible()  # of a new page, which begins at its top


def test_what_is_deleted_takes_no_focus_with_it(person: Visit) -> None:
    page = person.page
    for name in ("one.jpg", "two.jpg"):
        person.remove(name, portrait(96))
    person.go("/apps/background-remover/jobs")
    expect(page.get_by_role("button", name="Delete one.jpg")).to_be_visible()
    tab_to(page, "Delete two.jpg")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_be_visible()
    tab_to(page, "Delete")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Delete two.jpg")).to_have_count(0)
    expect(page.get_by_role("dialog")).to_have_count(0)
    stays(page)
    tab_to(page, "one.jpg", most=3)  # and not back at the page's beginning


def test_the_administration_takes_no_focus_with_what_it_reads(
    site: Site, visit: Callable[..., Visit]
) -> None:
    email = register_person(site)
    admin = visit(email=site.admin)
    page = admin.page
    admin.go("/admin")
    for name in ("People", "Payments", "Numbers", "Queues and workers", "People"):
        link = page.get_by_role("navigation", name="Administration").get_by_role("link", name=name)
        link.press("Enter")
        expect(link).to_have_attribute("aria-current", "page")
        expect(link).to_be_focused()
    page.get_by_label("Search by address or name").fill(email)
    expect(page.get_by_role("status").filter(has_text="1 account")).to_be_visible()
    page.locator("main").get_by_role("link", name="Budi").press("Enter")
    expect(page.get_by_role("heading", name="Budi")).to_be_visible()
    stays(page)
    tab_to(page, "People", most=3)  # the way back, and not the page's beginning
    page.go_back()
    expect(page.get_by_label("Search by address or name")).to_have_value(email)
