"""What is pressed twice is done and charged once; and a page on a house's own network, without encryption."""

import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, cast

import pytest
from playwright.sync_api import Browser, Error, FilePayload, Route, expect

from support.browser import drop, running_browser
from support.scenes import portrait
from support.serving import until
from support.site import API, ASKING_S, REMOVER, Visit, standing_still

pytestmark = pytest.mark.models
LAN = "shop.lan"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with running_browser(f"--host-resolver-rules=MAP {LAN} 127.0.0.1") as started:
        yield started


def files(count: int) -> list[FilePayload]:
    return [
        {"name": f"portrait-{number}.jpg", "mimeType": "image/jpeg", "buffer": portrait(96, number)}
        for number in range(count)
    ]


def test_a_double_click_is_one_wish(person: Visit) -> None:
    page = person.page
    person.go(f"{REMOVER}/subscription")
    page.get_by_role("button", name="Buy: 1,500 credits").dblclick()
    expect(page.get_by_role("region", name="To be paid")).to_contain_text("INV-")

    page.get_by_role("link", name="Batch", exact=True).click()
    page.locator("input[data-pick=files]").set_input_files(files(2))
    page.get_by_role("radio", name="Basic").check()
    page.get_by_role("button", name="Start with 2").dblclick()
    expect(page.get_by_text("All 2 are done").first).to_be_visible()
    assert len(person.read("/api/payments")["payments"]) == 1
    assert len(person.read(f"{API}/batches")["batches"]) == 1
    spent = [entry["amount"] for entry in person.read("/api/credits/history")["entries"]]
    assert sum(spent) == person.read("/api/credits/balance")["balance"] == 100 - 2 * 3


def test_without_encryption_a_picture_is_removed_and_its_link_copied(person: Visit) -> None:
    page, url = person.page, person.site.url.replace("127.0.0.1", LAN)
    known = [{**each, "domain": LAN} for each in person.context.cookies()]
    person.context.add_cookies(cast("list[Any]", known))
    page.goto(f"{url}{REMOVER}/single")
    assert page.evaluate("[isSecureContext, typeof crypto.randomUUID]") == [False, "undefined"]
    page.locator("input[type=file]").first.set_input_files(files(1))
    expect(page.get_by_role("button", name="Download")).to_be_visible()
    expect(page.get_by_role("button", name="Copy", exact=True)).to_have_count(0)  # no page may, there
    page.get_by_role("button", name="Share").click()
    page.get_by_role("button", name="Make a link").click()
    page.get_by_role("dialog").get_by_role("button", name="Copy").click()
    expect(page.get_by_text("Link copied").first).to_be_visible()


def test_an_odd_address_leads_nowhere_and_says_so(person: Visit) -> None:
    for tab in ("single", "batch"):
        person.go(f"{REMOVER}/{tab}/abc")
        expect(person.page.get_by_role("heading", name="Nothing is here")).to_be_visible()


def test_what_is_called_off_without_a_line_is_called_off_and_what_waits_goes_on(person: Visit) -> None:
    page = person.page
    person.remove("first.jpg", portrait(96))  # by now the model is there
    person.go(f"{REMOVER}/single")
    person.watch.cut = True

    def lose_the_answer(route: Route) -> None:
        route.fetch(url=f"{route.request.url.partition('?')[0]}?wait=0")  # the server has it
        with suppress(Error):  # let go by now
            route.abort()

    taken, waiting = files(2)
    page.route("**/background-remover/remove*", lose_the_answer)
    page.route("**/health/live", lambda route: route.abort())
    with standing_still(person.site):
        page.locator("input[type=file]").first.set_input_files(taken)
        expect(page.get_by_text("It goes on as soon as the server answers")).to_be_visible()
        page.get_by_role("button", name="Cancel").click()
        expect(page.get_by_text("is called off as soon as the server answers").first).to_be_visible()
        page.unroute("**/background-remover/remove*")
        page.unroute("**/health/live")
        expect(page.get_by_text("This removal was cancelled.").first).to_be_visible()
    until(lambda: person.read("/api/credits/balance")["held"] == 0, pause_s=ASKING_S)
    assert person.read("/api/credits/balance")["balance"] == 100 - 3

    page.route("**/background-remover/remove*", lambda route: route.abort())
    page.route("**/health/live", lambda route: route.abort())
    page.locator("input[type=file]").first.set_input_files(waiting)
    expect(page.get_by_text("It goes on as soon as the server answers")).to_be_visible()
    page.get_by_role("button", name="New picture").click()
    expect(page.get_by_text("portrait-1.jpg goes on; you find it in Jobs.").first).to_be_visible()
    page.reload()
    page.unroute("**/background-remover/remove*")
    page.unroute("**/health/live")
    until(lambda: len(person.read(f"{API}/jobs?status=completed")["jobs"]) == 2, pause_s=ASKING_S)
    assert page.url.endswith("/single")


def test_what_was_deleted_before_it_was_shown_is_not_waited_for(person: Visit) -> None:
    page = person.page
    person.watch.expect(404, f"{API}/jobs/")
    person.watch.expect(404, "/storage/")  # its thumbnail, if that is still on its way
    person.go(f"{REMOVER}/single")
    with standing_still(person.site):
        page.locator("input[type=file]").first.set_input_files(files(1))
        until(lambda: person.read(f"{API}/jobs")["jobs"], pause_s=ASKING_S)
        page.get_by_role("link", name="Jobs", exact=True).click()
    (job,) = until(lambda: person.read(f"{API}/jobs?status=completed")["jobs"], pause_s=ASKING_S)
    page.reload()
    person.change(f"{API}/jobs/{job['id']}", None, "DELETE")
    page.get_by_role("link", name="Single", exact=True).click()
    expect(page.get_by_role("heading", name="This picture is no longer here")).to_be_visible()


def test_a_cancel_outlives_a_reload_and_what_went_on_in_vain_is_told(person: Visit) -> None:
    page = person.page
    person.remove("first.jpg", portrait(96))  # by now the model is there
    person.go(f"{REMOVER}/single")
    with standing_still(person.site):
        page.locator("input[type=file]").first.set_input_files(files(2)[0])
        until(lambda: len(person.read(f"{API}/jobs")["jobs"]) == 2, pause_s=ASKING_S)
        person.watch.cut = True
        page.route("**/background-remover/remove*", lambda route: None)  # no answer, and none to come
        page.get_by_role("button", name="Cancel").click()
        expect(page.get_by_role("heading", name="Drop a picture")).to_be_visible()
        page.unroute("**/background-remover/remove*")
        page.reload()
        expect(page.get_by_text("This removal was cancelled.").first).to_be_visible()
    until(lambda: person.read("/api/credits/balance")["held"] == 0, pause_s=ASKING_S)
    assert person.read("/api/credits/balance")["balance"] == 100 - 3

    refused = {"error": {"code": "INSUFFICIENT_CREDITS", "message": "no", "details": {}, "requestId": "r"}}
    waiting: list[Route] = []

    def hold(route: Route) -> None:
        waiting.append(route)

    person.watch.expect(402, f"{API}/remove")
    page.route("**/background-remover/remove*", hold)
    page.locator("input[type=file]").first.set_input_files(files(2)[1])
    until(lambda: (page.wait_for_timeout(50), waiting)[1])
    page.get_by_role("button", name="New picture").click()
    expect(page.get_by_text("portrait-1.jpg goes on; you find it in Jobs.").first).to_be_visible()
    waiting[0].fulfill(status=402, json=refused)
    expect(page.get_by_text(re.compile("^portrait-1.jpg: ")).first).to_be_visible()


def test_whoever_goes_back_to_a_picture_sees_it_while_the_next_one_runs(
    person: Visit, tmp_path: Path
) -> None:
    page, second = person.page, tmp_path / "second.jpg"
    second.write_bytes(portrait(96, 1))
    first = person.remove("first.jpg", portrait(96))
    person.go(f"{REMOVER}/single/{first['id']}")
    expect(page.get_by_role("button", name="Download")).to_be_visible()
    with standing_still(person.site):
        drop(page, second, at=(600, 400))
        expect(page.get_by_text("Looking for the subject")).to_be_visible()
        page.go_back()
        expect(page.get_by_role("button", name="Download")).to_be_visible()
    expect(page.get_by_text("second.jpg is done; you find it in Jobs.").first).to_be_visible()
    assert page.url.endswith(first["id"])
