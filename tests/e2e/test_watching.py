"""The checks of the journeys find what they are there to find."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser

from support.browser import axe_violations, moving, settle, too_wide
from support.keyboard import tab_to
from support.site import Site, Visit, visiting

pytestmark = pytest.mark.models


def test_planted_faults_are_found(browser: Browser, site: Site) -> None:
    with visiting(browser, site) as one:
        one.go("/login")
        assert one.watch.complaints == []
        one.page.evaluate("console.error('planted')")
        one.page.evaluate("fetch('/api/planted')")
        one.page.evaluate("fetch('http://127.0.0.1:9/').catch(() => undefined)")
        one.page.evaluate("setTimeout(() => { throw new Error('thrown') })")
        one.page.wait_for_function("() => new Promise((done) => setTimeout(() => done(true), 300))")
        found = "\n".join(one.watch.complaints)
        assert "console error: planted" in found
        assert "404: GET" in found
        assert "127.0.0.1:9" in found
        assert "exception: thrown" in found


def test_only_a_refusal_that_is_expected_is_no_complaint(browser: Browser, site: Site) -> None:
    with visiting(browser, site) as one:
        one.go("/login")
        one.watch.expect(404, "/api/expected")
        one.page.evaluate("fetch('/api/expected').then((answer) => answer.text())")
        one.page.evaluate("fetch('/api/other').then((answer) => answer.text())")
        assert [each for each in one.watch.complaints if "/api/expected" in each] == []
        assert [each for each in one.watch.complaints if "404: GET" in each] != []


def test_faults_of_a_page_are_found(visit: Callable[..., Visit]) -> None:
    one = visit()
    one.go("/login")
    settle(one.page)
    assert axe_violations(one.page) == []
    assert too_wide(one.page) == []
    one.page.evaluate(
        """() => {
          const faint = document.createElement('p');
          faint.textContent = 'hardly to be read';
          faint.style.color = '#bbb';
          faint.style.background = '#fff';
          const wide = document.createElement('div');
          wide.style.width = '3000px';
          wide.textContent = 'wide';
          document.querySelector('main').append(faint, wide, document.createElement('button'));
        }"""
    )
    found = "\n".join(axe_violations(one.page))
    assert "color-contrast" in found
    assert "button-name" in found
    assert too_wide(one.page) != []


def test_what_moves_and_focus_that_does_not_show_are_found(visit: Callable[..., Visit]) -> None:
    one = visit()
    one.go("/login")
    settle(one.page)
    assert moving(one.page) == []
    tab_to(one.page, "E-mail address")
    one.page.evaluate(
        """() => {
          document.querySelector('main').animate([{opacity: 0}, {opacity: 1}], 60_000);
          const sheet = new CSSStyleSheet();
          sheet.replaceSync('* { outline: none !important; }');
          document.adoptedStyleSheets.push(sheet);
        }"""
    )
    assert moving(one.page) != []
    with pytest.raises(AssertionError, match="does not show"):
        tab_to(one.page, "Log in")
