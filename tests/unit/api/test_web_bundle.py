"""The built web app: little to load before the first look, nothing inline, nothing from elsewhere."""

import re
from pathlib import Path

import pytest

from lumiku.api.routes.web import SCREENS
from lumiku.api.web_files import built_web_app

MOST_BYTES = 150_000
PAGES = [
    "index",
    *(f"{name}.{language}" for name in ("start", "home", *SCREENS) for language in ("en", "id")),
]
OURS = ("/assets/", "/login", "/register", "/api/web/start")
WEB = Path(__file__).parents[3] / "src/lumiku/web"


@pytest.fixture(scope="module", params=PAGES)
def page(request: pytest.FixtureRequest) -> str:
    if not built_web_app().built:
        pytest.skip("the web app is not built: scripts/setup builds it")
    return (WEB / f"{request.param}.html").read_text("utf-8")


def first_scripts(page: str) -> list[Path]:
    """What the page itself names, and the start's screen."""
    named = re.findall(r'(?:src|href)="/(assets/[^"]+\.js)"', page)
    return sorted({*(WEB / name for name in named), *WEB.glob("assets/Home-*.js")})


def packed_bytes(scripts: list[Path]) -> int:
    return sum(script.with_name(f"{script.name}.gz").stat().st_size for script in scripts)


def not_from_here(page: str) -> list[str]:
    """What the page's policy would refuse."""
    addresses = [each for each in re.findall(r'(?:src|href)="([^"]*)"', page) if not each.startswith(OURS)]
    inline = re.findall(r"<script(?![^>]* src=)[^>]*>|<style|style=|\son\w+=", page)
    return addresses + inline


@pytest.mark.parametrize("page", ["index", "start.en", "start.id", "home.id"], indirect=True)
def test_the_first_look_is_light(page: str) -> None:
    scripts = first_scripts(page)
    assert len(scripts) >= 2
    assert packed_bytes(scripts) < MOST_BYTES
    everything = [*WEB.glob("assets/*.js")]
    assert packed_bytes(everything) > packed_bytes(scripts)  # screens come when they are shown


@pytest.mark.parametrize("page", ["start.id", "admin.id"], indirect=True)
def test_what_is_there_without_a_script_is_in_the_pages_language(page: str) -> None:
    assert '<html lang="id">' in page
    assert "Halaman Lumiku memerlukan JavaScript" in page
    assert "your own server" not in page


def test_the_page_holds_nothing_that_its_policy_refuses(page: str) -> None:
    assert not_from_here(page) == []
    wrong = page.replace("</head>", '<script>1</script><link href="https://example.com/a.css"></head>')
    assert not_from_here(wrong) == ["https://example.com/a.css", "<script>"]


def unknown_to_styles(page: str) -> set[str]:
    """Classes for which no style sheet of the page has a rule."""
    named = re.findall(r'<link rel="stylesheet"[^>]* href="/([^"]+)"', page)
    styles = "".join((WEB / name).read_text("utf-8") for name in named)
    classes = {each for names in re.findall(r' class="([^"]*)"', page) for each in names.split()}
    return {each for each in classes if f".{each}" not in styles and not each.startswith("lucide")}


def test_what_is_drawn_before_any_script_has_its_styles_and_files(page: str) -> None:
    assert ("<h1>" in page) != ('class="opening"' in page)
    missing = [name for name in re.findall(r'"/(assets/[^"]+)"', page) if not (WEB / name).is_file()]
    assert missing == []
    assert unknown_to_styles(page) == set()
    assert unknown_to_styles(page.replace('class="', 'class="nowhere ', 1)) == {"nowhere"}
