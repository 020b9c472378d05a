"""Reads Markdown pages the way the documentation's tests need them."""

import re
import shlex
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

_NOT_OURS = {"out", "dist", "node_modules"}
_FENCE = re.compile(r"^```(\w*)\s*$")
_CODE_SPAN = re.compile(r"`([^`\n]+)`")
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#{1,6}\s+(.*?)\s*#*$")
_ENDS_A_COMMAND = {"|", "||", ">", ">>", "<", "&", "&&", ";"}


@dataclass(frozen=True)
class Fence:
    """A fenced block: its language, the page's line on which its code starts, and the code."""

    language: str
    line: int
    code: str


def pages(root: Path = ROOT) -> list[Path]:
    """Every page of the repository."""
    return sorted(
        path
        for path in root.rglob("*.md")
        if not any(part.startswith(".") or part in _NOT_OURS for part in path.relative_to(root).parts)
    )


def fences(text: str) -> list[Fence]:
    """The fenced blocks of a page."""
    found: list[Fence] = []
    opened: tuple[str, int] | None = None
    code: list[str] = []
    for number, line in enumerate(text.splitlines(), 1):
        fence = _FENCE.match(line)
        if opened is None:
            if fence:
                opened, code = (fence[1], number + 1), []
        elif fence:
            found.append(Fence(*opened, "\n".join(code)))
            opened = None
        else:
            code.append(line)
    assert opened is None, f"the block of line {opened} does not end"
    return found


def prose(text: str) -> str:
    """A page without its fenced blocks."""
    return re.sub(r"^```.*?^```\s*$", "", text, flags=re.M | re.S)


def code_spans(text: str) -> list[str]:
    """What stands between backticks in the prose."""
    return _CODE_SPAN.findall(prose(text))


def python_program(text: str) -> str:
    """A page's Python blocks as one program that keeps the page's line numbers."""
    lines = [""] * (text.count("\n") + 1)
    for block in fences(text):
        if block.language == "python":
            code = block.code.splitlines()
            lines[block.line - 1 : block.line - 1 + len(code)] = code
    return "\n".join(lines)


def relative_links(text: str) -> list[str]:
    """Targets of links that stay within the repository."""
    targets = _LINK.findall(_CODE_SPAN.sub("", prose(text)))
    return [target for target in targets if not re.match(r"[a-z][a-z0-9+.-]*:", target)]


def anchors(text: str) -> set[str]:
    """The names of a page's headings in links, as GitHub makes them."""
    headings = (_HEADING.match(line) for line in prose(text).splitlines())
    return {re.sub(r"[^\w\- ]", "", heading[1].lower()).replace(" ", "-") for heading in headings if heading}


def shell_lines(text: str) -> list[str]:
    """The lines of a page's shell blocks; one that is continued is one."""
    blocks = (block.code for block in fences(text) if block.language in {"", "sh"})
    return [line for code in blocks for line in code.replace("\\\n", " ").splitlines()]


def commands(lines: Iterable[str], program: str) -> list[list[str]]:
    """The arguments of every call of `program`, cut at pipes and redirections."""
    calls = (words for line in lines if program in line for words in _calls(line))
    return [words[1:] for words in calls if words[0] == program]


def _calls(line: str) -> Iterator[list[str]]:
    lexer = shlex.shlex(line, posix=True, punctuation_chars=True)
    lexer.whitespace_split = True
    try:
        words = list(lexer)
    except ValueError:  # prose with an apostrophe, JSON and the like
        return
    call: list[str] = []
    for word in [*words, ";"]:
        if word not in _ENDS_A_COMMAND:
            if call or not re.match(r"[A-Z_]+=", word):
                call.append(word)
            continue
        if call:
            yield call
        call = []
