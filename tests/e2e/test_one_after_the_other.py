"""Several people in one browser: a page is of one of them, and nothing goes from one to the next."""

import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from playwright.sync_api import FilePayload, Page, expect

from support.browser import Watch, hold_uploads_back
from support.scenes import portrait
from support.site import API, PASSWORD, REMOVER, Site, Visit, log_in_again, register_person

pytestmark = pytest.mark.models
KEPT = """async () => {
  const held = {};
  for (const {name} of await indexedDB.databases()) {
    const opened = await new Promise((done) => {
      const request = indexedDB.open(name);
      request.onsuccess = () => done(request.result);
    });
    for (const store of opened.objectStoreNames) {
      const request = opened.transaction(store).objectStore(store).count();
      await new Promise((done) => { request.onsuccess = done; });
      held[`${name}/${store}`] = request.result;
    }
    opened.close();
  }
  return held;
}"""


def files(count: int) -> list[FilePayload]:
    return [
        {"name": f"secret-{number}.jpg", "mimeType": "image/jpeg", "buffer": portrait(96, number)}
        for number in range(count)
    ]


def is_of(page: Page, email: str) -> None:
    expect(page.get_by_role("button", name=re.compile(f"Account.*{re.escape(email)}"))).to_be_visible()


def test_who_comes_next_finds_nothing_and_pays_nothing(
    person: Visit, site: Site, visit: Callable[..., Visit]
) -> None:
    page, budi = person.page, visit(email=register_person(site))
    person.watch.expect(401, "/api/")
    other = person.context.new_page()
    of_other = Watch(other, expected={(401, "/api/")})
    other.goto(f"{site.url}{REMOVER}/single")
    is_of(other, person.email)

    # Somebody leaves while a batch is sent and another is chosen.
    person.go(f"{REMOVER}/batch")
    hold_uploads_back(page, after=1)
    page.locator("input[data-pick=files]").set_input_files(files(3))
    page.get_by_role("button", name="Start with 3").click()
    expect(page.get_by_text("Sending: 1 of 3").first).to_be_visible()
    assert page.evaluate(KEPT)["lumiku-batches/files"] > 0
    page.get_by_role("link", name="Batch", exact=True).click()
    page.get_by_role("button", name=re.compile("^Account")).click()
    page.get_by_role("menuitem", name="Log out").click()
    page.wait_for_url(f"{site.url}/")
    assert set(page.evaluate(KEPT).values()) <= {0}
    expect(other.get_by_role("heading", name="Log in")).to_be_visible()  # told at once

    # Whoever comes next does so in a new page, and the other tab becomes theirs.
    person.go(f"{REMOVER}/batch")
    log_in_again(replace(budi, page=page))
    is_of(page, budi.email)
    expect(page.get_by_text("secret-0.jpg")).to_have_count(0)
    is_of(other, budi.email)

    # A page that has not been told: the browser is Ada's again, and the page Budi's.
    login = {"email": person.email, "password": PASSWORD, "session": "cookie"}
    assert person.context.request.post(f"{site.url}/api/auth/login", data=login).ok
    other.locator("input[type=file]").first.set_input_files(files(1)[0])
    is_of(other, person.email)
    for each in (person, budi):
        assert each.read(f"{API}/jobs")["jobs"] == []
        assert each.read("/api/credits/balance")["balance"] == 100
    assert of_other.complaints == []
