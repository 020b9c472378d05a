"""Two administrators decide about the same payment: the second is told so, and does not do it again."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, expect

from support.site import Site, Visit

pytestmark = pytest.mark.models


@pytest.fixture
def number(person: Visit) -> str:
    return person.change("/api/payments", {"packageId": "credits-1500"})["payment"]["number"]


def ask(admin: Visit, act: str, number: str, show: str) -> Locator:
    admin.go(f"/admin/payments?show={show}")
    admin.page.get_by_role("button", name=f"{act}: {number}").click()
    return admin.page.get_by_role("dialog")


def send(dialog: Locator, act: str, field: str, said: str) -> None:
    dialog.get_by_label(field).fill(said)
    dialog.get_by_role("button", name=act).click()


def test_a_second_confirmation_and_a_second_refund_are_refused_aloud(
    number: str, site: Site, visit: Callable[..., Visit]
) -> None:
    one, two = visit(email=site.admin), visit(email=site.admin)
    two.watch.expect(409, "/api/admin/payments")

    first, second = (ask(each, "Confirm", number, "pending") for each in (one, two))
    second.get_by_label("Reference").fill("bank two")
    send(first, "Confirm", "Reference", "bank one")
    expect(one.page.get_by_text("Confirmed and delivered.").first).to_be_visible()
    two.page.evaluate("window.dispatchEvent(new Event('visibilitychange'))")  # the list may be read anew
    expect(second.get_by_label("Reference")).to_have_value("bank two")
    second.get_by_role("button", name="Confirm").click()
    expect(second.get_by_role("alert")).to_contain_text("Another transfer has paid it")
    expect(two.page.get_by_role("button", name=f"Confirm: {number}", include_hidden=True)).to_have_count(0)
    expect(second.get_by_role("alert")).to_contain_text("give it back")
    expect(second.get_by_label("Reference")).to_have_value("bank two")

    first, second = (ask(each, "Refund", number, "paid") for each in (one, two))
    second.get_by_label("Why").fill("Also asked for")
    send(first, "Refund", "Why", "Bought twice")
    expect(one.page.get_by_text("Refunded: Rp").first).to_be_visible()
    second.get_by_role("button", name="Refund").click()
    expect(second.get_by_role("alert")).to_contain_text("Send no money a second time")
    expect(second.get_by_role("button", name="Refund")).to_have_count(0)
    expect(two.page.get_by_text("Refunded: Rp")).to_have_count(0)
