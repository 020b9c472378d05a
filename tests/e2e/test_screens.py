"""Every screen at three widths in two themes: nothing fails, sticks out or moves, and all can use it."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, expect

from support.browser import look_at, look_over
from support.scenes import blank, portrait
from support.site import REMOVER, Site, Visit, register_person, visiting

pytestmark = pytest.mark.models

STRANGERS = {
    "landing": "/",
    "login": "/login",
    "register": "/register",
    "forgot": "/forgot-password",
    "reset": "/reset-password",
    "confirm": "/confirm",
    "setup": "/setup",
}
PEOPLES = {
    "dashboard": "/",
    "single": f"{REMOVER}/single",
    "editor": f"{REMOVER}/single/{{job}}",
    "batch": f"{REMOVER}/batch",
    "batch-done": f"{REMOVER}/batch/{{batch}}",
    "jobs": f"{REMOVER}/jobs",
    "jobs-batches": f"{REMOVER}/jobs?show=batches",
    "subscription": f"{REMOVER}/subscription",
    "account": "/account",
    "account-security": "/account/security",
    "account-keys": "/account/keys",
    "account-webhooks": "/account/webhooks",
    "account-data": "/account/data",
}
ADMINS = {name: f"/admin/{name}" for name in ("attention", "people", "payments", "numbers", "running")}


class Furnished:
    """Somebody who has some of everything, and where it is."""

    def __init__(self, browser: Browser, site: Site) -> None:
        self.email = register_person(site, "Siti Rahmawati")
        with visiting(browser, site, email=self.email) as one:
            self.job = one.remove("eileen.jpg", portrait())["id"]
            one.remove(
                "a-name-that-goes-on-and-on-as-those-of-cameras-and-shops-do-20261128-0001.jpg", blank()
            )
            pictures = {"left.jpg": portrait(96, 1), "grey.jpg": blank(), "right.jpg": portrait(96, 2)}
            self.batch = one.remove_all(pictures, "Shoes")["id"]
            one.change("/api/keys", {"name": "The shop", "scopes": ["removals:read", "removals:write"]})
            hook = one.change("/api/webhooks", {"url": f"{site.url}/hook", "events": ["batch.completed"]})
            one.change(f"/api/webhooks/{hook['webhook']['id']}/test", {})
            one.change("/api/payments", {"packageId": "credits-1500"})

    def path(self, of: str) -> str:
        return of.format(job=self.job, batch=self.batch)


@pytest.fixture(scope="module")
def furnished(browser: Browser, site: Site) -> Furnished:
    return Furnished(browser, site)


@pytest.mark.parametrize("name", STRANGERS)
def test_what_strangers_see(name: str, visit: Callable[..., Visit]) -> None:
    one = visit()
    one.go(STRANGERS[name])
    assert look_over(one.page, name) == []


@pytest.mark.parametrize("name", PEOPLES)
def test_what_people_see(name: str, furnished: Furnished, visit: Callable[..., Visit]) -> None:
    one = visit(email=furnished.email)
    one.go(furnished.path(PEOPLES[name]))
    if name == "account-webhooks":
        one.page.get_by_text("Deliveries").click()
        expect(one.page.get_by_text("answer 40")).to_be_visible()
    assert look_over(one.page, name) == []


def test_in_indonesian_on_a_phone(furnished: Furnished, site: Site, visit: Callable[..., Visit]) -> None:
    wrong: list[str] = []
    for email, screens in ((None, STRANGERS), (furnished.email, PEOPLES), (site.admin, ADMINS)):
        one = visit(email=email, language="id-ID")
        if email:  # whose account is English: what was chosen in this browser counts more
            one.page.add_init_script("localStorage.setItem('lumiku-language', 'id')")
        for name, path in screens.items():
            one.go(furnished.path(path))
            expect(one.page.locator("html")).to_have_attribute("lang", "id")
            wrong += look_at(one.page, f"id-{name}", 390, "light")
    assert wrong == []


def test_two_screens_that_new_people_see(person: Visit) -> None:
    for name in ("dashboard", "jobs"):
        person.go(PEOPLES[name])
        assert look_at(person.page, f"{name}-empty", 390, "light") == []
