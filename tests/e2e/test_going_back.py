"""The browser remembers pages, which Playwright switches off: who has left is not shown by going back."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from support.browser import running_browser
from support.scenes import portrait
from support.site import REMOVER, Visit, log_in_again

pytestmark = pytest.mark.models
COUNT = """addEventListener('pageshow', ({persisted}) => {
  sessionStorage.remembered = Number(sessionStorage.remembered ?? 0) + Number(persisted);
})"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with running_browser(without=["--disable-back-forward-cache"]) as started:
        yield started


def test_who_has_left_is_not_shown_again_by_going_back(person: Visit) -> None:
    page = person.page
    person.watch.expect(401, "/api/")
    page.add_init_script(COUNT)
    for path in (f"{REMOVER}/single", "/account"):
        person.go(path)
        if path.endswith("single"):
            picture = {"name": "secret.jpg", "mimeType": "image/jpeg", "buffer": portrait(96)}
            page.locator("input[type=file]").first.set_input_files(picture)  # type: ignore[arg-type]
            expect(page.get_by_role("button", name="Download")).to_be_visible()
        page.get_by_role("button", name=re.compile("^Account")).click()
        page.get_by_role("menuitem", name="Log out").click()
        page.wait_for_url(f"{person.site.url}/")
        page.go_back(wait_until="commit")
        expect(page.get_by_role("heading", name="Log in")).to_be_visible()
        expect(page.get_by_text(person.email)).to_have_count(0)
        log_in_again(person)
        expect(page.get_by_role("button", name=re.compile("^Account"))).to_be_visible()
    assert page.evaluate("Number(sessionStorage.remembered)") >= 1  # else this shows nothing
