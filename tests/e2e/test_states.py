"""What a page says when things stand badly, and how one gets on: plans, payments, sessions, connections."""

import os
import re
import signal
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from uuid import UUID

import httpx
import pytest
from playwright.sync_api import Route, expect
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from lumiku.accounts.end_sessions import end_sessions
from lumiku.bootstrap import Services
from lumiku.core.clock import utc_now
from lumiku.payments.sell_package import sell_package
from lumiku.subscriptions.quota import reserve_quota
from support.browser import glance, hold_uploads_back, let_uploads_go, look_at
from support.duitku_server import body
from support.paying import CALLBACK, FORM
from support.scenes import portrait
from support.site import API, REMOVER, Site, Visit, log_in_again
from support.subscriptions import Subscriber

pytestmark = pytest.mark.models
SUBSCRIPTION = f"{REMOVER}/subscription"


def id_of(person: Visit) -> UUID:
    return UUID(person.read("/api/auth/profile")["user"]["id"])


def refused(person: Visit) -> None:
    """From now on the server may say that nobody is logged in."""
    person.watch.expect(401, "/api/")


def test_a_plan_that_ended_one_that_is_overdue_and_one_that_is_suspended(person: Visit, site: Site) -> None:
    page, who = person.page, id_of(person)

    async def given(services: Services, days_ago: int) -> None:
        then = utc_now() - timedelta(days=days_ago)
        await Subscriber(services.db, who, then, services.settings).grant()

    async def suspended(services: Services) -> None:
        await Subscriber(services.db, who, utc_now(), services.settings).suspend()

    site.behind(lambda services: given(services, 100))
    person.go(SUBSCRIPTION)
    expect(page.get_by_text("Ended", exact=True)).to_be_visible()
    expect(page.get_by_text(re.compile("Choose a plan below to go on"))).to_be_visible()
    expect(page.get_by_role("button", name="Subscribe: Pro")).to_be_visible()
    assert glance(page, "subscription-ended") == []

    site.behind(lambda services: given(services, 33))
    page.reload()
    expect(page.get_by_text("Payment overdue", exact=True)).to_be_visible()
    expect(page.get_by_text("50 of 50")).to_be_visible()  # days of grace
    page.get_by_role("button", name="Pay for another month", exact=True).click()
    due = page.get_by_role("region", name="To be paid")
    expect(due).to_contain_text(re.compile(r"Starter for a month: pay Rp\s99,000"))
    assert glance(page, "subscription-overdue") == []
    (invoice,) = person.read("/api/payments?status=pending")["payments"]
    assert (invoice["kind"], invoice["amount"]) == ("plan", 99_000)

    site.behind(suspended)
    page.reload()
    expect(page.get_by_text("Suspended", exact=True)).to_be_visible()
    expect(page.get_by_text(re.compile("has suspended your plan"))).to_be_visible()
    assert glance(page, "subscription-suspended") == []


def test_a_quota_that_is_used_up_and_no_credits(
    person: Visit, site: Site, visit: Callable[..., Visit]
) -> None:
    page, who = person.page, id_of(person)

    async def used_up(services: Services) -> None:
        somebody = Subscriber(services.db, who, utc_now(), services.settings)
        await somebody.grant()
        async with services.db.transaction() as tx:
            rules = services.settings.subscriptions
            await reserve_quota(tx, who, 50, "basic", settings=rules, now=somebody.now)

    site.behind(used_up)
    visit(email=site.admin).change("/api/admin/credits", {"userId": str(who), "amount": -98, "note": "spent"})
    person.watch.expect(402, f"{API}/remove")
    person.go(f"{REMOVER}/single")
    expect(page.get_by_label("Your numbers")).to_contain_text("0/50")
    page.locator("input[type=file]").set_input_files(
        {"name": "eileen.jpg", "mimeType": "image/jpeg", "buffer": portrait()}
    )
    expect(page.get_by_role("alert")).to_contain_text(re.compile("quota is used up until .* you have 2"))
    assert glance(page, "single-refused") == []
    assert person.read(f"{API}/jobs")["jobs"] == []
    assert person.read("/api/credits/balance")["balance"] == 2
    person.go(SUBSCRIPTION)
    expect(page.get_by_text("0 of 50")).to_be_visible()
    expect(page.get_by_text(re.compile("Starts anew on"))).to_be_visible()


def test_a_payment_at_duitku(person: Visit, site: Site) -> None:
    page, who = person.page, id_of(person)

    async def ordered(services: Services) -> None:
        rules = services.settings.payments.model_copy(update={"gateway": "duitku"})
        async with services.db.transaction() as tx:
            await sell_package(tx, who, "credits-1500", settings=rules, now=utc_now())

    site.behind(ordered)
    person.go(SUBSCRIPTION)
    due = page.get_by_role("region", name="To be paid")
    expect(due).to_contain_text("1,500 credits")
    assert glance(page, "subscription-duitku") == []
    (payment,) = person.read("/api/payments")["payments"]
    page.get_by_role("button", name="Pay now").click()
    expect(page.get_by_role("heading", name="Pay here")).to_be_visible()
    assert page.url == f"{site.duitku.url}/pay/{payment['id']}"
    assert site.duitku.orders[payment["id"]]["paymentAmount"] == payment["amount"] == 100_000

    page.go_back()
    expect(due).to_contain_text("1,500 credits")  # going there pays nothing
    forged = body(payment["id"], payment["amount"])
    assert httpx.post(site.url + CALLBACK, content=forged, headers=FORM).status_code == 200
    assert person.read("/api/credits/balance")["balance"] == 100  # Duitku itself says otherwise
    site.duitku.pays(payment["id"], payment["amount"])
    assert httpx.post(site.url + CALLBACK, content=forged, headers=FORM).status_code == 200
    page.reload()
    expect(page.get_by_label("Your numbers")).to_contain_text("1,600")
    expect(due).to_have_count(0)
    assert person.read("/api/credits/balance")["balance"] == 1_600


def test_shut_out_in_the_middle_of_an_edit_and_let_in_again(
    person: Visit, site: Site, visit: Callable[..., Visit]
) -> None:
    page, admin = person.page, visit(email=site.admin)
    account = f"/api/admin/users/{id_of(person)}"
    job = person.remove("eileen.jpg", portrait())
    person.go(f"{REMOVER}/single/{job['id']}")
    expect(page.get_by_role("button", name="Download")).to_be_visible()
    refused(person)
    admin.change(f"{account}/suspend", {})
    with suppress(PlaywrightTimeout):  # or something else that the page asks for was refused first
        page.get_by_role("button", name="Download").click(timeout=5_000)
    expect(page.get_by_role("heading", name="Log in")).to_be_visible()
    log_in_again(person)
    expect(page.get_by_text(re.compile("may be suspended"))).to_be_visible()
    admin.change(f"{account}/restore", {})
    page.get_by_role("main").get_by_role("button", name="Log in").click()
    download = page.get_by_role("button", name="Download")
    expect(download).to_be_visible()
    assert page.url.endswith(f"/single/{job['id']}")
    with page.expect_download() as taken:
        download.click()
    assert taken.value.suggested_filename == "removed-eileen.png"


def test_a_session_that_ends_in_the_middle_of_an_upload(person: Visit, site: Site) -> None:
    page, who = person.page, id_of(person)
    person.go(f"{REMOVER}/batch")
    page.locator("input[data-pick=files]").set_input_files(
        [
            {"name": f"{number}.jpg", "mimeType": "image/jpeg", "buffer": portrait(96, number)}
            for number in range(6)
        ]
    )
    page.get_by_role("radio", name="Basic").check()
    hold_uploads_back(page, after=2)
    page.get_by_role("button", name="Start with 6").click()
    expect(page.get_by_text("Sending: 2 of 6").first).to_be_visible()
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_text("Paused: 2 of 6 sent").first).to_be_visible()
    let_uploads_go(page)
    refused(person)
    hold_uploads_back(page, after=0)
    page.get_by_role("button", name="Go on").click()  # before the page can notice by itself
    expect(page.get_by_text("Sending: 2 of 6").first).to_be_visible()
    site.behind(lambda services: end_sessions(services.db, who, actor_id=None, now=utc_now()))
    let_uploads_go(page)
    expect(page.get_by_role("heading", name="Log in")).to_be_visible()
    log_in_again(person)
    expect(page.get_by_text("All 6 are done").first).to_be_visible()
    jobs = person.read(f"{API}/jobs")["jobs"]
    assert sorted(job["originalName"] for job in jobs) == [f"{number}.jpg" for number in range(6)]
    assert person.read("/api/credits/balance")["balance"] == 100 - 6 * 3


def test_a_picture_on_its_way_outlives_a_reload_a_cut_line_and_a_session(person: Visit, site: Site) -> None:
    page, who = person.page, id_of(person)
    download, remove = page.get_by_role("button", name="Download"), f"**{API}/remove"
    keys: list[str] = []

    def choose(name: str) -> None:
        picture = {"name": name, "mimeType": "image/jpeg", "buffer": portrait(96, len(keys))}
        page.locator("input[type=file]").first.set_input_files(picture)

    def charged_once(name: str, so_far: int) -> None:
        expect(download).to_be_visible()
        jobs = person.read(f"{API}/jobs")["jobs"]
        assert len(jobs) == so_far
        assert jobs[0]["originalName"] == name
        assert page.url.endswith(f"/single/{jobs[0]['id']}")
        assert person.read("/api/credits/balance")["balance"] == 100 - so_far * 3

    def lose_the_answer(route: Route) -> None:
        """The server has it, and the page is never told."""
        keys.append(route.request.headers["idempotency-key"])
        route.fetch()
        page.unroute(remove)
        if len(keys) == 1:
            page.evaluate("() => void setTimeout(() => location.reload())")
        else:
            route.abort("connectionreset")

    person.go(f"{REMOVER}/single")
    page.get_by_role("radio", name="Basic").check()
    person.watch.cut = True
    for number, name in enumerate(["reloaded.jpg", "cut.jpg"], start=1):
        page.route(remove, lose_the_answer)
        with page.expect_request_finished(
            lambda asked: asked.url.endswith(f"{API}/remove") and asked.failure is None
        ) as again:
            choose(name)
        assert again.value.headers["idempotency-key"] == keys[-1]
        charged_once(name, number)
        person.go(f"{REMOVER}/single")

    refused(person)
    site.behind(lambda services: end_sessions(services.db, who, actor_id=None, now=utc_now()))
    choose("shut-out.jpg")
    expect(page.get_by_text("Your session has ended.")).to_be_visible()
    log_in_again(person)
    charged_once("shut-out.jpg", 3)
    assert len(set(keys)) == 2
    person.go(f"{REMOVER}/single")  # what is over is forgotten
    expect(page.get_by_role("button", name="Choose a picture")).to_be_visible()
    kept = """new Promise((tell) => {
      const opening = indexedDB.open('lumiku-single');
      opening.onsuccess = () => {
        const counting = opening.result.transaction('intents').objectStore('intents').count();
        counting.onsuccess = () => tell(counting.result);
      };
    })"""
    assert page.evaluate(kept) == 0


def test_a_lost_connection_shows_and_heals_and_a_restarted_server_is_found_again(
    person: Visit, site: Site
) -> None:
    page, toasts = person.page, "**/assets/ToastList*"
    person.watch.cut = True
    page.route(toasts, lambda route: route.abort())
    with page.expect_event("requestfailed", lambda request: "ToastList" in request.url):
        person.go(f"{REMOVER}/jobs")
    expect(page.get_by_text("No pictures yet")).to_be_visible()
    banner = page.get_by_role("status").filter(has_text="The server does not answer.")
    page.unroute(toasts)
    person.context.set_offline(True)
    expect(banner).to_be_visible()
    assert look_at(page, "connection-lost", 390, "light", axe=False) == []
    tab = page.get_by_role("link", name="Subscription")
    tab.click()  # whose code is not here yet
    expect(page.get_by_role("alert")).to_contain_text("The server does not answer")
    expect(tab).to_be_visible()
    with page.expect_response(toasts):
        person.context.set_offline(False)
    expect(page.get_by_role("heading", name="Subscription", exact=True)).to_be_visible()
    expect(banner).to_have_count(0)
    person.go(f"{REMOVER}/jobs")

    (before,) = site.process.children("child api")
    os.kill(before, signal.SIGKILL)
    site.process.wait_children("child api", 1, other_than=before)
    person.remove("after.jpg", portrait(96))
    expect(page.get_by_role("link", name="after.jpg").first).to_be_visible()  # without a reload
