"""A plan from asking to its end, confirmed by hand; credits bought; accounts looked after."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from support.browser import look_over
from support.site import REMOVER, Site, Visit, register_person

pytestmark = pytest.mark.models
SUBSCRIPTION = f"{REMOVER}/subscription"


def confirm(admin: Visit, number: str, payer: str) -> None:
    """As an administrator does it, on the page."""
    admin.go("/admin/payments")
    admin.page.get_by_role("button", name=f"Confirm: {number}").click()
    expect(admin.page.get_by_role("dialog")).to_contain_text(payer)
    admin.page.get_by_label("Reference of the transfer").fill(f"transfer for {number}")
    admin.page.get_by_role("dialog").get_by_role("button", name="Confirm").click()
    expect(admin.page.get_by_text("Confirmed and delivered.").first).to_be_visible()


def invoice_number(page: Page) -> str:
    due = page.get_by_role("region", name="To be paid")
    expect(due).to_contain_text("INV-")
    found = re.search(r"INV-\d{4}-\d{6}", due.inner_text())
    assert found is not None
    return found[0]


def test_a_plan_is_asked_for_confirmed_changed_cancelled_and_kept(
    person: Visit, visit: Callable[..., Visit]
) -> None:
    page, admin = person.page, visit(email=person.site.admin)
    person.go(SUBSCRIPTION)
    page.get_by_role("button", name="Subscribe: Starter").click()
    number = invoice_number(page)
    assert look_over(page, "subscription-due") == []
    assert person.read("/api/background-remover/subscription")["subscription"]["usable"] is False

    confirm(admin, number, person.email)
    expect(page.get_by_text("50 of 50")).to_be_visible(timeout=30_000)  # by itself, without a reload
    invoice = person.context.request.get(
        person.site.url + person.read("/api/payments")["payments"][0]["invoiceUrl"]
    )
    assert number in invoice.text()

    page.get_by_role("button", name="Upgrade: Pro").click()
    question = page.get_by_role("dialog")
    expect(question).to_contain_text(re.compile(r"You pay Rp\s(199,\d{3}|200,000) now"))
    question.get_by_role("button", name="Get the invoice").click()
    confirm(admin, invoice_number(page), person.email)
    expect(page.get_by_text("200 of 200")).to_be_visible(timeout=30_000)

    page.get_by_role("button", name="Change at the end of the paid time: Starter").click()
    page.get_by_role("button", name="Change then").click()
    expect(page.get_by_text("then Starter follows")).to_be_visible()
    page.get_by_role("button", name="Keep this plan: Pro").click()
    expect(page.get_by_text("then Starter follows")).to_have_count(0)

    page.get_by_role("button", name="Cancel plan").click()
    page.get_by_label("Why?").fill("Only trying it")
    page.get_by_role("dialog").get_by_role("button", name="Cancel plan").click()
    expect(page.get_by_text("Cancelled", exact=True)).to_be_visible()
    kept = person.read("/api/background-remover/subscription")["subscription"]
    assert (kept["status"], kept["cancelReason"], kept["usable"]) == ("cancelled", "Only trying it", True)
    page.get_by_role("button", name="Go on with this plan", exact=True).click()
    expect(page.get_by_text("Active", exact=True)).to_be_visible()
    assert look_over(page, "subscription-active") == []


def test_bought_credits_are_there_once_they_are_paid(person: Visit, visit: Callable[..., Visit]) -> None:
    page, admin = person.page, visit(email=person.site.admin)
    person.go(SUBSCRIPTION)
    page.get_by_role("button", name="Buy: 1,500 credits").click()
    number = invoice_number(page)
    assert person.read("/api/credits/balance")["balance"] == 100
    confirm(admin, number, person.email)
    expect(page.get_by_label("Your numbers")).to_contain_text("1,600", timeout=30_000)
    assert person.read("/api/credits/balance")["balance"] == 1_600

    spent = {"userId": person.read("/api/auth/profile")["user"]["id"], "amount": -700, "note": "Spent"}
    admin.change("/api/admin/credits", spent)
    admin.go("/admin/payments?show=paid")
    admin.page.get_by_role("button", name=f"Refund: {number}").click()
    question = admin.page.get_by_role("dialog")
    expect(question).to_contain_text("Only 900 of its 1,500 credits are unspent")
    question.get_by_label("Why").fill("Half of it was a mistake")
    question.get_by_role("button", name="Refund").click()
    expect(admin.page.get_by_text(re.compile(r"Refunded: Rp\s60,000; 900 credits")).first).to_be_visible()
    assert person.read("/api/credits/balance")["balance"] == 0
    page.get_by_role("button", name="Buy: 4,000 credits").click()
    page.get_by_role("button", name="Do not buy this").click()
    expect(page.get_by_role("region", name="To be paid")).to_have_count(0)


def test_an_administrator_gives_credits_and_shuts_somebody_out(
    site: Site, visit: Callable[..., Visit]
) -> None:
    email = register_person(site, "Citra Dewi")
    admin = visit(email=site.admin)
    page = admin.page
    admin.go("/admin/people")
    page.get_by_label("Search by address or name").fill(email)
    page.get_by_role("button", name=f"Give credits: {email}").click()
    page.get_by_label("Credits", exact=True).fill("250")
    page.get_by_label("Note").fill("For trying it")
    page.get_by_role("dialog").get_by_role("button", name="Give credits").click()
    expect(page.get_by_text("The ledger has it: 350 credits now.").first).to_be_visible()
    theirs = visit(email=email)
    assert theirs.read("/api/credits/balance")["balance"] == 350

    page.get_by_role("button", name=f"Suspend: {email}").click()
    page.get_by_role("dialog").get_by_role("button", name="Suspend").click()
    expect(page.get_by_role("button", name=f"Restore: {email}")).to_be_visible()
    shut_out = theirs.context.request.get(site.url + "/api/credits/balance")
    assert shut_out.status == 401
    page.get_by_role("button", name=f"Restore: {email}").click()
    page.get_by_role("dialog").get_by_role("button", name="Restore").click()
    page.get_by_role("link", name="Citra Dewi").click()
    page.get_by_role("button", name="Give a plan").click()
    page.get_by_label("Months").fill("2")
    page.get_by_label("Reason").fill("Prize")
    page.get_by_role("dialog").get_by_role("button", name="Give a plan").click()
    expect(page.get_by_text("Pictures left today: 50 of 50")).to_be_visible()
    assert look_over(page, "admin-person") == []
    page.get_by_role("button", name="Take back", exact=True).click()
    dialog = page.get_by_role("dialog", name="Take back what was given?")
    expect(dialog).to_contain_text("that nobody paid for: 2")
    dialog.get_by_label("Reason").fill("The wrong person")
    dialog.get_by_role("button", name="Take back", exact=True).click()
    expect(page.get_by_role("button", name="Take back", exact=True)).to_have_count(0)
    expect(page.get_by_text("Pictures left today")).to_have_count(0)


def test_nobody_else_sees_the_administration(person: Visit) -> None:
    person.go("/admin")
    expect(person.page.get_by_role("heading", name="Nothing is here")).to_be_visible()


@pytest.mark.parametrize("section", ["attention", "people", "payments", "numbers", "running"])
def test_what_administrators_see(section: str, site: Site, visit: Callable[..., Visit]) -> None:
    admin = visit(email=site.admin)
    admin.go(f"/admin/{section}")
    assert look_over(admin.page, f"admin-{section}") == []
