"""Every command that a page tells people to type is one that the program takes."""

import re
from pathlib import Path
from typing import Any

import pytest
import typer.main

from lumiku.cli.app import app
from support.markdown import ROOT, code_spans, commands, pages, shell_lines

TARGETS = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.M))
README_STARTS_WITH = ["make demo", "make serve", "make test"]


def parser() -> Any:
    """The real commands, which parse and then do nothing."""

    def disarm(command: Any) -> None:
        for child in getattr(command, "commands", {}).values():
            disarm(child)
        if not hasattr(command, "commands"):
            command.callback = lambda **_: None

    root = typer.main.get_command(app)
    disarm(root)
    return root


def why_refused(arguments: list[str]) -> str | None:
    try:
        parser().main([*arguments], prog_name="lumiku", standalone_mode=False)
    except Exception as error:
        return str(error)
    return None


def refused(text: str) -> dict[str, str]:
    """The calls of `lumiku` that the command line does not take, and why."""
    reasons = {}
    for arguments in commands(shell_lines(text), "lumiku"):
        reasons[" ".join(arguments)] = why_refused(arguments)
    for arguments in commands(code_spans(text), "lumiku"):
        # The prose may speak of any COMMAND, of a command by itself, and of an option without its value.
        reason = why_refused(["remove" if word == "COMMAND" else word for word in arguments]) or ""
        is_mention = reason.startswith(("Missing", "Usage:")) or reason.endswith("requires an argument.")
        reasons[" ".join(arguments)] = None if is_mention else reason or None
    return {call: reason for call, reason in reasons.items() if reason is not None}


def unknown_targets(text: str) -> set[str]:
    calls = commands([*shell_lines(text), *code_spans(text)], "make")
    return {word for call in calls for word in call if "=" not in word} - TARGETS


@pytest.mark.parametrize("page", pages(), ids=lambda page: str(page.relative_to(ROOT)))
def test_commands_are_taken(page: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = page.read_text("utf-8")
    assert refused(text) == {}
    assert unknown_targets(text) == set()


def test_enough_commands_are_seen() -> None:
    for name in (
        "README.md",
        "docs/how-to/command-line.md",
        "docs/how-to/models.md",
        "docs/reference/cli.md",
    ):
        assert len(commands(shell_lines((ROOT / name).read_text("utf-8")), "lumiku")) >= 5


def test_the_readme_starts_with_what_to_run() -> None:
    lines = (ROOT / "README.md").read_text("utf-8").splitlines()
    assert [line.split("#")[0].strip() for line in lines[1:4]] == README_STARTS_WITH


def test_wrong_commands_are_found() -> None:
    text = (
        "Run `lumiku remove a.jpg --tier best`; `lumiku COMMAND --help`, `lumiku compose`,"
        " `lumiku remove --matte`.\n\n"
        "```sh\n"
        "cat a.jpg | LUMIKU_ENGINE__THREADS=2 lumiku remove - > b.png  # --nonsense\n"
        "lumiku remove 'a b.jpg' \\\n    -o b.png\n"
        "lumiku models fetch\n"
        "lumiku remove a.jpg --matte\n"
        "lumiku compose a.jpg\n"
        "```\n"
    )
    assert commands(shell_lines(text), "lumiku") == [
        ["remove", "-"],
        ["remove", "a b.jpg", "-o", "b.png"],
        ["models", "fetch"],
        ["remove", "a.jpg", "--matte"],
        ["compose", "a.jpg"],
    ]
    assert set(refused(text)) == {
        "remove a.jpg --tier best",
        "models fetch",
        "remove a.jpg --matte",
        "compose a.jpg",
    }


def test_unknown_targets_are_found() -> None:
    assert unknown_targets("`make demo IMAGE=a.jpg`, `make tea`, `makes` and `make`") == {"tea"}


def test_parsing_runs_nothing(tmp_path: Path) -> None:
    assert refused(f"`lumiku sheet {tmp_path} -o {tmp_path / 'sheet.png'}`") == {}
    assert list(tmp_path.iterdir()) == []
