"""What is said about a picture, and the numbers that the shell sees."""

import json
import re
from pathlib import Path

import pytest

from lumiku.cli import exits
from lumiku.cli.errors import OutputExists, UsageFault
from lumiku.cli.progress import JsonTeller, LineTeller, Teller
from lumiku.cli.report import Facts, Report, printable
from lumiku.core.errors import InternalError, LimitExceeded, LumikuError
from lumiku.engine.errors import (
    InvalidOption,
    LicenceNotAccepted,
    ModelMissing,
    RuntimeUnavailable,
    UnreadableImage,
)

DONE = Report(
    "a.jpg", "a.png", "done", None, Facts(4, 3, "basic", ms={"read": 1.0}, outcome="ok", box=(0, 1, 2, 3))
)
FAILED = Report("b.jpg", "b.png", "failed", error=UnreadableImage("Damaged\nhere."))


def test_json_has_the_names_that_scripts_rely_on() -> None:
    told = json.loads(DONE.to_json())
    assert {
        "input",
        "output",
        "width",
        "height",
        "tier",
        "model",
        "runtime",
        "confidence",
        "box",
        "ms",
        "error",
    } <= set(told)
    assert told["error"] is None
    assert told["box"] == [0, 1, 2, 3]
    assert json.loads(FAILED.to_json())["error"] == {"code": "UNREADABLE_IMAGE", "message": "Damaged\nhere."}


def test_any_name_survives_json_and_stays_on_its_line() -> None:
    name = "a\nb\x1b[31m\udce9é\u202e.jpg"
    line = Report(name, "-", "done").to_json()
    assert line.isascii()
    assert "\n" not in line
    assert json.loads(line)["input"] == name
    shown = Report(name, "-", "failed", error=UnreadableImage("x")).to_line()
    assert shown.isprintable()
    assert "é" in shown


def test_printable_leaves_ordinary_text_alone() -> None:
    assert printable("Ünï 写真.jpg") == "Ünï 写真.jpg"
    assert printable("a\tb") == "a\\tb"


def test_the_summary_names_each_failure_and_counts(capsys: pytest.CaptureFixture[str]) -> None:
    teller = Teller(4, quiet=False)
    empty = Report("c.jpg", "c.png", "done", facts=Facts(outcome="unknown_foreground"))
    for report in (DONE, FAILED, empty, Report("d.jpg", "d.png", "skipped")):
        teller.add(report)
    teller.sum_up()
    said = capsys.readouterr()
    assert said.out == ""
    lines = said.err.splitlines()
    assert lines[0] == "error UNREADABLE_IMAGE  b.jpg: Damaged here."
    assert lines[1].startswith("warning UNKNOWN_FOREGROUND  c.jpg")
    assert lines[2].startswith("2 done, 1 done before, 1 failed (1 UNREADABLE_IMAGE) in ")
    assert len(lines) == 3


def test_quiet_names_failures_only(capsys: pytest.CaptureFixture[str]) -> None:
    teller = Teller(2, quiet=True)
    teller.add(DONE)
    teller.add(FAILED)
    teller.sum_up()
    assert capsys.readouterr().err == "error UNREADABLE_IMAGE  b.jpg: Damaged here.\n"


def test_json_lines_are_all_that_goes_to_standard_output(capsys: pytest.CaptureFixture[str]) -> None:
    teller = JsonTeller(2)
    teller.add(DONE)
    teller.add(FAILED)
    teller.sum_up()
    assert [json.loads(line)["status"] for line in capsys.readouterr().out.splitlines()] == ["done", "failed"]


def test_lines_count(capsys: pytest.CaptureFixture[str]) -> None:
    teller = LineTeller(1200, quiet=False)
    teller.add(DONE)
    assert capsys.readouterr().err == "[1/1,200] a.jpg -> a.png  4x3  1 ms\n"


def test_the_guide_names_every_exit_code_and_every_key() -> None:
    guide = (Path(__file__).parents[3] / "docs" / "how-to" / "command-line.md").read_text()
    numbers = {int(text) for row in re.findall(r"(?m)^\| ([\d, ]+) \|", guide) for text in row.split(",")}
    assert {code for code, _ in exits.EXPLAINED} | {exits.TERMINATED, exits.BROKEN_PIPE} == numbers
    assert all(f'"{key}":' in guide for key in json.loads(DONE.to_json()))


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (UsageFault("x"), 2),
        (InvalidOption("x"), 2),
        (LicenceNotAccepted("x"), 2),
        (ModelMissing("x"), 3),
        (RuntimeUnavailable("x"), 3),
        (LimitExceeded("x"), 1),
        (OutputExists("x"), 1),
        (InternalError("x"), 4),
        (LumikuError("x"), 1),
    ],
)
def test_exit_codes_by_kind(error: LumikuError, code: int) -> None:
    assert exits.exit_code(error) == code
