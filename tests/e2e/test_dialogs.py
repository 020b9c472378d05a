"""Dialogs show their buttons whatever they are about, and begin where one types."""

from collections.abc import Callable

import httpx
import pytest
from playwright.sync_api import Locator, Page, expect

from support.site import PASSWORD, Site, Visit

pytestmark = pytest.mark.models
SIZES = ((320, 560), (390, 844), (1440, 900))


def in_sight(dialog: Locator) -> dict[str, bool]:
    """Of each button with words, whether all of it is within the dialog's own edges."""
    seen: dict[str, bool] = dialog.evaluate(
        """async (dialog) => {
          await Promise.all(dialog.getAnimations().map((each) => each.finished));
          const edge = dialog.getBoundingClientRect();
          return Object.fromEntries([...dialog.querySelectorAll('button')].filter((each) => each.innerText)
            .map((each) => [each.innerText, each.getBoundingClientRect()])
            .map(([name, {top, right, bottom, left}]) => [name, left >= edge.left && right <= edge.right
              && top >= edge.top && bottom <= Math.min(edge.bottom, innerHeight)]));
        }"""
    )
    return seen


def looks(page: Page, button: str) -> None:
    """Open by a button at each size: nothing is cut."""
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        page.get_by_role("button", name=button).click()
        dialog = page.get_by_role("dialog")
        expect(dialog).to_be_visible()
        seen = in_sight(dialog)
        assert seen
        assert all(seen.values()), (width, seen)
        assert dialog.evaluate("(dialog) => dialog.scrollWidth <= dialog.clientWidth"), width
        page.keyboard.press("Escape")
        expect(dialog).to_have_count(0)


def test_long_words_push_no_button_away(person: Visit) -> None:
    page = person.page
    person.change("/api/keys", {"name": "production_" * 10, "scopes": ["removals:read"]})
    address = f"https://hooks.example.com/services/{'T0123abcd' * 80}"
    person.change("/api/webhooks", {"url": address, "events": ["batch.completed"]})
    person.go("/account/keys")
    looks(page, "Revoke")
    person.go("/account/webhooks")
    looks(page, "Delete")


def test_what_administrators_are_asked_is_in_sight(site: Site, visit: Callable[..., Visit]) -> None:
    email = "siti.rahmawati.kusumawardhani@perusahaan-indonesia.co.id"
    httpx.post(
        f"{site.url}/api/auth/register", json={"email": email, "password": PASSWORD, "name": "Siti"}
    ).raise_for_status()
    admin = visit(email=site.admin)
    (found,) = admin.read(f"/api/admin/users?search={email}")["users"]
    admin.go(f"/admin/people/{found['id']}")
    for asked in ("Suspend", "Change address", "Give credits", "Give a plan"):
        looks(admin.page, asked)


def test_one_types_into_the_first_field_at_once(person: Visit) -> None:
    page = person.page
    person.go("/account/keys")
    page.get_by_role("button", name="New key").click()
    expect(page.get_by_label("What is it for?")).to_be_focused()
    page.keyboard.type("Shop")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_contain_text("curl")
