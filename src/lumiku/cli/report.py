"""What became of one picture, for programs and for people."""

import json
from dataclasses import asdict, dataclass, field
from typing import Literal

from lumiku.core.errors import LumikuError

Status = Literal["done", "skipped", "failed"]


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a result; all empty where there is none.

    Attributes:
        width, height: of the file written, in pixels.
        tier, pipeline: what was asked for.
        model, runtime, device, precision: what ran; several are joined by "+".
        confidence: 0..1.
        box: the subject in the picture: left, top, right, bottom, in pixels.
        outcome: "ok" or "unknown_foreground".
        ms: milliseconds of each step.
    """

    width: int | None = None
    height: int | None = None
    tier: str | None = None
    pipeline: str | None = None
    model: str | None = None
    runtime: str | None = None
    device: str | None = None
    precision: str | None = None
    confidence: float | None = None
    box: tuple[int, int, int, int] | None = None
    outcome: str | None = None
    ms: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Report:
    """One picture's end.

    Attributes:
        input: its name.
        output: the file's name, or "-" for standard output.
        status: skipped means that the very result was there before.
        matte: the kept matte's name, if it was kept.
        facts: about the result.
        error: why there is none.
    """

    input: str
    output: str
    status: Status
    matte: str | None = None
    facts: Facts = field(default_factory=Facts)
    error: LumikuError | None = None

    def to_json(self) -> str:
        """One line, ASCII only, so that any name survives any pipe."""
        error = {"code": self.error.code, "message": self.error.message} if self.error else None
        return json.dumps(
            {
                "input": self.input,
                "output": self.output,
                "status": self.status,
                **asdict(self.facts),
                "matte": self.matte,
                "error": error,
            }
        )

    def to_line(self) -> str:
        """One line for people."""
        if self.error:
            return f"{self.error.code}  {printable(self.input)}: {one_line(self.error.message)}"
        arrow = f"{printable(self.input)} -> {printable(self.output)}"
        if self.status == "skipped":
            return f"{arrow}  was done before"
        facts = self.facts
        if facts.width is None:
            return arrow
        line = f"{arrow}  {facts.width}x{facts.height}"
        if facts.confidence is not None:
            line += f"  confidence {facts.confidence:.2f}"
        return f"{line}  {sum(facts.ms.values()):.0f} ms"

    @property
    def lacks_subject(self) -> bool:
        """Whether the result is empty because no subject was found."""
        return self.facts.outcome == "unknown_foreground"


def one_line(message: str) -> str:
    """A message, which may have lines, on one."""
    return printable(" ".join(message.split()))


def printable(text: str) -> str:
    """The text without anything that a terminal would obey or an encoding would refuse."""
    return "".join(
        char if char.isprintable() else char.encode("unicode_escape", "backslashreplace").decode("ascii")
        for char in text
    )
