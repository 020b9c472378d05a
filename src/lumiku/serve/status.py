"""What a child tells the supervisor through a pipe: that it is ready, or why it never will be."""

import json
import os
from contextlib import suppress
from dataclasses import dataclass


@dataclass(frozen=True)
class Report:
    """One line of a child.

    Attributes:
        ready: it does its work now.
        failure: why it ends.
        final: trying again would change nothing.
    """

    ready: bool = False
    failure: str = ""
    final: bool = False


class Reporter:
    """The child's end."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        os.set_inheritable(descriptor, False)  # noqa: FBT003  its one parameter has no name

    def ready(self) -> None:
        """We do our work from now on."""
        self._write({"ready": True})

    def failed(self, why: str, *, final: bool) -> None:
        """We are about to end, and this is why."""
        self._write({"failure": why, "final": final})

    def _write(self, line: dict[str, object]) -> None:
        with suppress(OSError):
            os.write(self._descriptor, json.dumps(line).encode() + b"\n")


def reports_in(data: bytes) -> tuple[list[Report], bytes]:
    """The whole lines, read, and the rest."""
    *lines, rest = data.split(b"\n")
    return [Report(**json.loads(line)) for line in lines], rest
