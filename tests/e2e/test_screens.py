"""Every screen at three widths in two themes: nothing fails, all can use it, and nothing sticks out."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from support.browser import look_over
from support.site import REMOVER, Visit

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
    "batch": f"{REMOVER}/batch",
    "jobs": f"{REMOVER}/jobs",
    "subscription": f"{REMOVER}/subscription",
    "account": "/account",
}


@pytest.mark.parametrize("name", STRANGERS)
def test_what_strangers_see(name: str, visit: Callable[..., Visit]) -> None:
    one = visit()
    one.go(STRANGERS[name])
    assert look_over(one.page, name) == []


@pytest.mark.parametrize("name", PEOPLES)
def test_what_people_see(name: str, person: Visit) -> None:
    person.go(PEOPLES[name])
    assert look_over(person.page, name) == []


def test_in_indonesian(visit: Callable[..., Visit]) -> None:
    one = visit(language="id-ID")
    one.go("/")
    expect(one.page.locator("html")).to_have_attribute("lang", "id")
    assert look_over(one.page, "landing-id") == []
