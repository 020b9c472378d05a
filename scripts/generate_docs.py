"""Writes what follows from the code: MODELS.md, docs/reference, and the types of the web app's calls.

`--check` writes nothing and exits 1, naming each page that no longer says what the code says.
"""

import argparse
import json
import re
import sys
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import get_args

import typer
import typer.cli
import typer.main
from platformdirs import user_cache_path
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from lumiku.api.app import assemble
from lumiku.core.settings import HttpSettings, default_data_folder
from lumiku.engine.catalog import CATALOG, ModelSpec, NpmSource, PyPISource, Source, UrlSource
from lumiku.engine.tiers import TIER_PIPELINES
from lumiku.settings import Settings

ROOT = Path(__file__).resolve().parent.parent
MADE_BY = "<!-- Written by scripts/generate_docs.py; change the code, not this page. -->\n"
MODELS_INTRODUCTION = """\
No weights are part of this repository or of its packages. `lumiku models pull NAME` fetches them from the
sources below, in that order, after the mirror of the settings, and refuses any file whose sha256 is not the
one pinned here. A model marked *opt-in* is under a licence that restricts its use (say, to non-commercial
work): it needs `lumiku models pull NAME --accept-licence` once.

A pin from a *file* is the hash of a file that we fetched and ran. A pin from a *publication* is the hash that
the publisher or public copies of the file state; we have not held that file."""


def models_page() -> str:
    """MODELS.md: every row of the catalogue."""
    table = [
        "| model | tiers | licence | size | input | int8 | pin from |",
        "|---|---|---|---|---|---|---|",
        *(_model_row(spec) for spec in CATALOG),
    ]
    sections = [section for spec in CATALOG for section in ("", *_model_section(spec))]
    return "\n".join(
        [
            "# Models",
            "",
            MADE_BY,
            MODELS_INTRODUCTION,
            "",
            *table,
            *sections,
            "",
        ]
    )


def _model_row(spec: ModelSpec) -> str:
    tiers = ", ".join(tier for tier, pipeline in TIER_PIPELINES.items() if spec.name in pipeline.models)
    licence = f"{spec.licence} (opt-in)" if spec.restricted else spec.licence
    local = bool(spec.file)
    cells = [
        f"`{spec.name}`",
        tiers or "-",
        licence,
        f"{spec.size_bytes:,} B" if local else "remote",
        _sizes(spec) if local else "-",
        "yes" if spec.recipe else "no",
        (spec.pinned_from if spec.sha256 else "none") if local else "-",
    ]
    return f"| {' | '.join(cells)} |"


def _sizes(spec: ModelSpec) -> str:
    size, in_float = ("x".join(map(str, row.input_size)) for row in (spec, spec.in_float()))
    return size if size == in_float else f"{size}, in float {in_float}"


def _model_section(spec: ModelSpec) -> Iterator[str]:
    yield f"## {spec.name}"
    yield ""
    yield spec.note
    yield ""
    yield f"- home: <{spec.homepage}>"
    if "endpoint" in spec.extra:
        yield f"- endpoint: `{spec.extra['endpoint']}`"
    if not spec.file:
        return
    pin = f"`{spec.sha256}`" if spec.sha256 else "none; give one with `--sha256`"
    yield f"- file: `{spec.file}`, sha256 {pin}"
    mean, std = (" ".join(map(str, values)) for values in (spec.mean, spec.std))
    yield f"- input: RGB / 255, mean {mean}, standard deviation {std}"
    after = ", then a sigmoid" if spec.activation == "sigmoid" else ""
    yield f"- output: `{spec.output}`{after}"
    for number, source in enumerate(spec.sources, 1):
        yield f"- source {number}: {_source(source)}"


def _source(source: Source) -> str:
    match source:
        case PyPISource():
            return f"PyPI `{source.package}=={source.version}`, member `{source.member}`"
        case NpmSource():
            return f"npm `{source.package}@{source.version}`, `{source.key}` of `{source.index}`"
        case UrlSource():
            return f"<{source.url}>"


def configuration_page() -> str:
    """docs/reference/configuration.md: every setting with its variable, type, default and meaning."""
    lines = [
        "# Configuration",
        "",
        MADE_BY,
        "Settings are environment variables. Lists and tables are JSON.",
    ]
    for section, field in Settings.model_fields.items():
        model = field.annotation
        if not (isinstance(model, type) and issubclass(model, BaseModel)):
            raise TypeError(f"the setting '{section}' is no section")
        lines += [
            "",
            f"## {section}",
            "",
            (model.__doc__ or "").strip().splitlines()[0] if model.__doc__ else "",
        ]
        lines += ["", "| variable | type | default | meaning |", "|---|---|---|---|"]
        for name, setting in model.model_fields.items():
            variable = f"LUMIKU_{section}__{name}".upper()
            kind = _type_name(setting).replace("|", "\\|")
            lines.append(f"| `{variable}` | {kind} | {_default(setting)} | {setting.description or ''} |")
    return "\n".join([*lines, ""])


def _type_name(setting: FieldInfo) -> str:
    # repr gives "<class 'int'>" for a plain class and "str | None" for what is made of several.
    annotation = setting.annotation
    if isinstance(annotation, type) and not get_args(annotation):
        return annotation.__name__
    return str(annotation).replace("typing.", "")


def _default(setting: FieldInfo) -> str:
    value = setting.get_default(call_default_factory=True, validated_data={})
    # Folders differ by system and user, so the page names what they are relative to.
    if setting.default_factory is default_data_folder:
        return "`<user data>/lumiku`; `/var/lib/lumiku` for root"
    if isinstance(value, Path):
        return f"`<user cache>/{value.relative_to(user_cache_path()).as_posix()}`"
    if value is None:
        return "none"
    if isinstance(value, frozenset | set | dict | tuple | list) and not value:
        return "empty"
    return f"`{value}`"


def cli_page() -> str:
    """docs/reference/cli.md: every command with its arguments and options."""
    # Here, because the other pages do not need the whole command line.
    from lumiku.cli.app import app  # noqa: PLC0415

    command = typer.main.get_command(app)
    context = typer.Context(command, info_name="lumiku")
    page = typer.cli.get_docs_for_click(obj=command, ctx=context, name="lumiku", title="Command line")
    heading, rest = page.split("\n", 1)
    return f"{heading}\n\n{MADE_BY}{_fence_lists(rest).rstrip()}\n"


def _fence_lists(page: str) -> str:
    """Put what a help text shows line by line into blocks, where Markdown keeps the lines."""
    parts = re.compile(r"(?:\n[\b ]*)+\n(Examples|Exit codes):\n((?: +\S.*\n)+)")
    return parts.sub(lambda part: f"\n\n{part[1]}:\n\n```\n{textwrap.dedent(part[2])}```\n", page)


def http_api_page() -> str:
    """docs/reference/http-api.md: every route of the API."""
    # Here for the same reason; the script's own folder is not on the path where others load it.
    sys.path.insert(0, str(Path(__file__).resolve().parent))
    from http_page import http_page  # noqa: PLC0415

    return http_page(MADE_BY)


def api_types() -> str:
    """frontend/src/api/schema.ts: the web app's calls, as types."""
    # Here for the same reason, and since it needs Node, which the other pages do not.
    sys.path[:0] = [str(ROOT / "frontend"), str(ROOT / "scripts")]
    from api_types import for_the_web_app  # noqa: PLC0415
    from make import types_of  # noqa: PLC0415

    described = for_the_web_app(assemble(HttpSettings()).openapi())
    return f"// Written by scripts/generate_docs.py.\n{types_of(json.dumps(described))}"


PAGES: dict[str, Callable[[], str]] = {
    "MODELS.md": models_page,
    "docs/reference/configuration.md": configuration_page,
    "docs/reference/cli.md": cli_page,
    "docs/reference/http-api.md": http_api_page,
    "frontend/src/api/schema.ts": api_types,
}


def main() -> int:
    """Write the pages, or check them; the exit code says whether all were fresh."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pages", nargs="*", default=[*PAGES], metavar="PAGE", help="all, without any named")
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 where a page is stale")
    parser.add_argument("--root", type=Path, default=ROOT, help="where the pages lie")
    arguments = parser.parse_args()
    stale = []
    for name in arguments.pages:
        path, text = arguments.root / name, PAGES[name]()
        if path.exists() and path.read_text(encoding="utf-8") == text:
            continue
        stale.append(name)
        if not arguments.check:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    for name in stale:
        sys.stdout.write(
            f"{name} {'is stale: run scripts/generate_docs.py' if arguments.check else 'written'}\n"
        )
    return 1 if stale and arguments.check else 0


if __name__ == "__main__":
    sys.exit(main())
