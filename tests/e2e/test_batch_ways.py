"""A batch that is paused and goes on, one that is cancelled while it runs, and what each costs."""

import re

import pytest
from playwright.sync_api import FilePayload, Page, expect

from support.browser import glance, hold_uploads_back, let_uploads_go
from support.scenes import portrait
from support.serving import until
from support.site import API, ASKING_S, REMOVER, Site, Visit, standing_still

pytestmark = pytest.mark.models
FIRST = 4  # files that are sent before the pause
PRICE = 3  # of a basic one


def pick(page: Page, count: int) -> None:
    files: list[FilePayload] = [
        {"name": f"portrait-{number:02}.jpg", "mimeType": "image/jpeg", "buffer": portrait(96, number)}
        for number in range(count)
    ]
    page.locator("input[data-pick=files]").set_input_files(files)
    page.get_by_role("radio", name="Basic").check()


def test_paused_gone_on_with_and_charged_what_was_quoted(person: Visit) -> None:
    page = person.page
    person.go(f"{REMOVER}/batch")
    pick(page, 20)
    quote = page.get_by_role("definition").filter(has_text="credits")
    expect(quote).to_contain_text("57 credits")  # 20 of 3, and a discount of 5 %
    hold_uploads_back(page, after=FIRST)
    page.get_by_role("button", name="Start with 20").click()
    expect(page.get_by_text(f"Sending: {FIRST} of 20").first).to_be_visible()
    other = person.context.new_page()
    other.goto(page.url)
    expect(other.get_by_text(f"Being sent from another tab or device: {FIRST} of 20").first).to_be_visible()
    assert glance(other, "batch-elsewhere") == []
    page.get_by_role("button", name="Pause").click()
    paused = page.get_by_text(f"Paused: {FIRST} of 20 sent").first
    expect(paused).to_be_visible()
    expect(other.get_by_text(f"Paused: {FIRST} of 20 sent").first).to_be_visible()
    let_uploads_go(page)
    page.reload()
    expect(paused).to_be_visible()
    assert glance(page, "batch-paused") == []
    (batch,) = person.read(f"{API}/batches")["batches"]
    assert (batch["started"], person.read("/api/credits/balance")["held"]) == (False, 0)
    page.get_by_role("link", name="Jobs", exact=True).click()
    expect(page.get_by_role("heading", name="Jobs")).to_be_visible()
    page.go_back()
    expect(paused).to_be_visible()  # it does not go on behind one's back

    other.get_by_role("button", name="Go on").click()  # in either tab
    for each in (other, page):
        expect(each.get_by_text("All 20 are done").first).to_be_visible()
    jobs = person.read(f"{API}/jobs?limit=100")["jobs"]
    assert (len(jobs), sum(job["creditsUsed"] for job in jobs)) == (20, 57)
    assert sum(entry["amount"] for entry in person.read("/api/credits/history?limit=100")["entries"]) == 43
    balance = person.read("/api/credits/balance")
    assert (balance["balance"], balance["held"]) == (43, 0)


def test_what_a_cancelled_batch_did_not_make_is_not_paid(person: Visit, site: Site) -> None:
    page = person.page
    person.remove("first.jpg", portrait(96))  # by now the model is there
    person.go(f"{REMOVER}/batch")
    pick(page, 8)
    with standing_still(site):
        page.get_by_role("button", name="Start with 8").click()
        expect(
            page.get_by_text(re.compile("^(Waiting for its turn|Removing backgrounds: 0 of 8)")).first
        ).to_be_visible()
        until(lambda: person.read("/api/credits/balance")["held"] == 8 * PRICE, pause_s=ASKING_S)
        assert glance(page, "batch-running") == []
        other = person.context.new_page()
        other.goto(page.url)
        expect(other.get_by_text("All · 8")).to_be_visible()
        page.get_by_role("button", name="Cancel the batch").click()
        page.get_by_role("dialog").get_by_role("button", name="Cancel the batch").click()
        expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_text(re.compile(r"^Cancelled\. ")).first).to_be_visible()
    until(lambda: person.read("/api/credits/balance")["held"] == 0, pause_s=ASKING_S)
    jobs = person.read(f"{API}/jobs?type=batch")["jobs"]
    made = [job for job in jobs if job["status"] == "completed"]
    assert {job["status"] for job in jobs} <= {"completed", "cancelled"}
    assert len(made) <= 2  # those that the model had in hand
    assert sum(job["creditsUsed"] for job in jobs) == PRICE * len(made)
    assert person.read("/api/credits/balance")["balance"] == 100 - PRICE - PRICE * len(made)
    for each in (page, other):  # in the tab that only looked on, too
        expect(each.get_by_text(f"Cancelled. {len(made)} had come out by then.").first).to_be_visible()
        expect(each.get_by_text(f"Problems · {8 - len(made)}")).to_be_visible()
    (batch,) = person.read(f"{API}/batches")["batches"]
    person.watch.expect(404, f"{API}/batch/")
    person.change(f"{API}/batch/{batch['id']}?files=true", None, "DELETE")
    expect(page.get_by_role("heading", name="This batch is no longer here")).to_be_visible()
    assert glance(page, "batch-gone") == []


def test_a_cancel_that_does_not_arrive_says_so_and_what_is_being_sent_is_not_thrown_away(
    person: Visit,
) -> None:
    page = person.page
    person.go(f"{REMOVER}/batch")
    pick(page, 6)
    hold_uploads_back(page, after=2)
    page.get_by_role("button", name="Start with 6").click()
    expect(page.get_by_text("Sending: 2 of 6").first).to_be_visible()
    person.watch.cut = True
    page.route(
        "**/batch/*", lambda route: route.abort() if route.request.method == "DELETE" else route.fallback()
    )
    page.get_by_role("button", name="Cancel the batch").click()
    page.get_by_role("dialog").get_by_role("button", name="Cancel the batch").click()
    expect(page.get_by_role("alert")).to_contain_text("does not answer")
    expect(page.get_by_text("Paused: 2 of 6 sent").first).to_be_visible()
    assert glance(page, "batch-not-cancelled") == []
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_text("Sending: 2 of 6").first).to_be_visible()

    page.get_by_role("navigation").get_by_role("link", name="Batch").click()
    on_its_way = page.get_by_text("Being sent: batch without a name, 6 files.")
    expect(on_its_way).to_be_visible()
    expect(page.get_by_role("button", name="Throw away")).to_have_count(0)
    assert glance(page, "batch-being-sent") == []
    let_uploads_go(page)
    expect(on_its_way).to_have_count(0)  # it was started, and nothing says that it was not
    until(lambda: person.read(f"{API}/batches")["batches"][0]["status"] == "completed", pause_s=ASKING_S)
    assert person.read("/api/credits/balance")["balance"] == 100 - 6 * PRICE


def test_what_was_started_elsewhere_is_not_called_unfinished(person: Visit) -> None:
    page = person.page
    person.go(f"{REMOVER}/batch")
    pick(page, 3)
    hold_uploads_back(page, after=1)
    page.get_by_role("button", name="Start with 3").click()
    expect(page.get_by_text("Sending: 1 of 3").first).to_be_visible()
    page.get_by_role("button", name="Pause").click()
    (batch,) = person.read(f"{API}/batches")["batches"]
    page.get_by_role("navigation").get_by_role("link", name="Batch").click()
    unfinished = page.get_by_text("Not started yet: batch without a name, 3 files.")
    expect(unfinished).to_be_visible()
    person.change(f"{API}/batch/{batch['id']}/start", {"skipMissing": True})
    page.reload()
    expect(page.get_by_role("heading", name="Many at once")).to_be_visible()
    expect(unfinished).to_have_count(0)
