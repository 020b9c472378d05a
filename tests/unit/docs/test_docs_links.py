"""Every link within the repository leads somewhere, and every path named in backticks exists."""

import re
from pathlib import Path

import pytest

from support.markdown import ROOT, anchors, code_spans, pages, relative_links

PATH = re.compile(r"^(?:src|docs|scripts|tests|benchmarks)/[\w./-]+$")


def broken_links(page: Path) -> list[str]:
    broken = []
    for target in relative_links(page.read_text("utf-8")):
        name, _, anchor = target.partition("#")
        path = page.parent / name if name else page
        if not path.exists() or (anchor and anchor not in anchors(path.read_text("utf-8"))):
            broken.append(target)
    return broken


def missing_paths(page: Path, root: Path = ROOT) -> list[str]:
    return [
        span
        for span in code_spans(page.read_text("utf-8"))
        if PATH.match(span) and not (root / span).exists()
    ]


@pytest.mark.parametrize("page", pages(), ids=lambda page: str(page.relative_to(ROOT)))
def test_links_and_paths_lead_somewhere(page: Path) -> None:
    assert broken_links(page) == []
    assert missing_paths(page) == []


def test_the_pages_that_people_look_for_are_there() -> None:
    names = {str(page.relative_to(ROOT)) for page in pages()}
    assert names >= {"README.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md", "docs/architecture.md"}


def test_broken_links_are_found(tmp_path: Path) -> None:
    (tmp_path / "other.md").write_text("# Two words, one comma\n\n```\n# no heading\n```\n")
    page = tmp_path / "page.md"
    page.write_text(
        "[a](other.md) [b](other.md#two-words-one-comma) [c](https://example.org/x) `[code](x.md)`\n"
        "[d](absent.md) [e](other.md#no-heading) [f](#nowhere)\n\n```\n[block](y.md)\n```\n"
    )
    assert broken_links(page) == ["absent.md", "other.md#no-heading", "#nowhere"]


def test_missing_paths_are_found(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("`docs/` `src/lumiku/library.py` `src/lumiku/absent.py` `docs/NNNN-*.md`\n")
    assert missing_paths(page) == ["src/lumiku/absent.py"]


def test_decisions_have_one_numbering() -> None:
    numbers = [path.name[:4] for path in sorted((ROOT / "docs/decisions").glob("*.md"))]
    assert all(number.isdigit() for number in numbers)
    assert len(numbers) == len(set(numbers))


def unknown_names(tree: str, package: Path) -> set[str]:
    """What the tree names and the package lacks, and what it leaves out."""
    here = {path.name for path in package.rglob("*") if path.suffix == ".py" or path.is_dir()}
    named = set(re.findall(r"\b\w+\.py\b|\b\w+(?=/ )", tree))
    top = {path.name for path in (*package.iterdir(), *(package / "engine").iterdir())}
    expected = {name for name in top if not name.startswith("__") and name != "py.typed"}
    return (named - here) | (expected - named)


def test_the_tree_is_the_package() -> None:
    page = (ROOT / "docs/architecture.md").read_text("utf-8")
    tree = page[page.index("src/lumiku/\n") : page.index("tests/ ")]
    package = ROOT / "src/lumiku"
    assert unknown_names(tree, package) == set()
    wrong = tree.replace("    load.py", "    lode.py")
    assert unknown_names(wrong, package) == {"lode.py", "load.py"}
