"""That the server is away can be read on any screen, however far one has scrolled."""

import pytest
from playwright.sync_api import expect

from support.site import REMOVER, Visit

pytestmark = pytest.mark.models


@pytest.mark.parametrize("width", [390, 820, 1440])
def test_the_banner_is_below_the_tabs(width: int, person: Visit) -> None:
    page = person.page
    page.set_viewport_size({"width": width, "height": 500})
    person.go(f"{REMOVER}/subscription")
    expect(page.get_by_role("button", name="Subscribe: Pro")).to_be_visible()
    expect(page.get_by_role("button", name="Buy: 1,500 credits")).to_be_visible()
    person.watch.cut = True
    person.context.set_offline(True)
    said = page.get_by_text("The server does not answer.")
    expect(said).to_be_visible()
    page.evaluate("window.scrollTo(0, 300)")
    page.wait_for_function("() => window.scrollY > 100")
    covers = """(said) => {
      const box = said.getBoundingClientRect();
      return said.contains(document.elementFromPoint(box.x + 5, box.y + box.height / 2));
    }"""
    assert said.evaluate(covers)
    tabs = page.get_by_role("navigation", name="Background remover").bounding_box()
    words = said.bounding_box()
    assert tabs is not None
    assert words is not None
    assert words["y"] >= tabs["y"] + tabs["height"]
