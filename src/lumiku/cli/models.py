"""`lumiku models`: what there is, and getting, checking, building and removing it."""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from lumiku.cli.flags import PanelledCommand

if TYPE_CHECKING:
    from lumiku.engine.catalog import ModelSpec
    from lumiku.engine.settings import EngineSettings
    from lumiku.engine.weights.fetch import Progress

app = typer.Typer(help="List, pull, verify, optimise and remove models.", no_args_is_help=True)

Names = Annotated[list[str] | None, typer.Argument(metavar="NAME", show_default=False)]
Json = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]


@app.command("list", cls=PanelledCommand)
def list_models(*, as_json: Json = False) -> None:
    """Show each model: which tiers use it, its size, its licence and whether it is here."""
    from lumiku.engine.catalog import CATALOG
    from lumiku.engine.weights.store import weights_state

    settings = _settings()
    rows: list[dict[str, object]] = [
        {
            "name": spec.name,
            "tiers": _tiers_of(spec),
            "size_bytes": spec.size_bytes,
            "licence": spec.licence,
            "restricted": spec.restricted,
            "state": weights_state(spec, settings),
            "homepage": spec.homepage,
        }
        for spec in CATALOG
    ]
    if as_json:
        typer.echo(json.dumps(rows, indent=2))
    else:
        _print_table(rows)


@app.command(cls=PanelledCommand)
def pull(
    names: Names = None,
    *,
    accept_licence: Annotated[
        bool, typer.Option("--accept-licence", help="Accept the restricted licence of the models named.")
    ] = False,
    sha256: Annotated[
        str | None, typer.Option(metavar="HEX", help="The hash, for a model whose row pins none.")
    ] = None,
) -> None:
    """Get weights, verified; without names, those that the tiers use.

    Examples:
        lumiku models pull
        lumiku models pull birefnet-general-lite
        lumiku models pull rmbg-1.4 --accept-licence
    """
    from lumiku.engine.weights.licences import accept_licence as accept
    from lumiku.engine.weights.store import ensure_weights

    if (accept_licence or sha256) and len(names or []) != 1:
        raise typer.BadParameter("--accept-licence and --sha256 are for one model, named.")
    settings = _settings()

    def get(spec: "ModelSpec") -> str:
        if accept_licence:
            accept(spec, settings)
            if not spec.file:
                return f"licence accepted: {spec.licence}"
        with _shown_progress(spec.name) as progress:
            return f"ready: {ensure_weights(spec, settings, progress, sha256=sha256)}"

    _each(_chosen(names, _used_by_tiers), get)


@app.command(cls=PanelledCommand)
def verify(names: Names = None) -> None:
    """Hash weights again and name those that are damaged; without names, all that are here."""
    from lumiku.engine.weights.store import verify_weights

    settings = _settings()
    specs = _chosen(names, lambda: _on_this_machine(settings))
    if not specs:
        typer.echo(f"No weights in {settings.models_dir}.")
    _each(specs, lambda spec: f"whole: {verify_weights(spec, settings)}")


@app.command(cls=PanelledCommand)
def remove(names: Annotated[list[str], typer.Argument(metavar="NAME", show_default=False)]) -> None:
    """Delete weights and everything that was built from them."""
    from lumiku.engine.weights.store import remove_weights

    settings = _settings()

    def delete(spec: "ModelSpec") -> str:
        removed = remove_weights(spec, settings)
        return f"removed: {', '.join(map(str, removed))}" if removed else "not here"

    _each(_chosen(names, list), delete)


@app.command(cls=PanelledCommand)
def optimise(names: Names = None) -> None:
    """Build the int8 models for this machine; without names, those that the tiers use.

    A model whose int8 form was refused earlier is tried again.
    """
    from lumiku.engine.weights.optimise import optimise_model

    settings = _settings()

    def build(spec: "ModelSpec") -> str:
        if spec.recipe is None:
            return "runs in fp32, nothing to build"
        with _shown_progress(spec.name) as progress:
            built = optimise_model(spec, settings, progress, again=True)
        return f"int8 ready; it differs from float by {built.difference:.2%} on the test picture"

    _each(_chosen(names, _used_by_tiers), build)


def _settings() -> "EngineSettings":
    from lumiku.cli.configure import read_settings

    return read_settings().engine


def _chosen(names: Sequence[str] | None, default: "Callable[[], list[ModelSpec]]") -> "list[ModelSpec]":
    from lumiku.engine.catalog import find_model

    return [find_model(name) for name in names] if names else default()


def _used_by_tiers() -> "list[ModelSpec]":
    from lumiku.engine.catalog import CATALOG

    return [spec for spec in CATALOG if _tiers_of(spec)]


def _on_this_machine(settings: "EngineSettings") -> "list[ModelSpec]":
    from lumiku.engine.catalog import CATALOG

    return [spec for spec in CATALOG if spec.file and (settings.models_dir / spec.file).exists()]


def _tiers_of(spec: "ModelSpec") -> list[str]:
    from lumiku.engine.tiers import TIER_PIPELINES

    return [tier for tier, pipeline in TIER_PIPELINES.items() if spec.name in pipeline.models]


def _each(specs: "Sequence[ModelSpec]", action: "Callable[[ModelSpec], str]") -> None:
    """Do it for every model, whatever becomes of the others; the last failure is the command's own."""
    from lumiku.core.errors import LumikuError

    failures: list[LumikuError] = []
    for spec in specs:
        try:
            typer.echo(f"{spec.name}  {action(spec)}")
        except LumikuError as error:
            failures.append(error)
    for failure in failures[:-1]:
        typer.echo(failure.message, err=True)
    if failures:
        raise failures[-1]


@contextmanager
def _shown_progress(name: str) -> "Iterator[Progress]":
    """A bar with rate and time left on a terminal; nothing but the final line elsewhere."""
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, TextColumn, TimeRemainingColumn, TransferSpeedColumn
    from rich.progress import Progress as Bars

    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn())
    console = Console(stderr=True)
    with Bars(
        *columns, TimeRemainingColumn(), console=console, transient=True, disable=not console.is_terminal
    ) as bars:
        task = bars.add_task(name, total=None)
        yield lambda done, total: bars.update(task, completed=done, total=total)


def _print_table(rows: list[dict[str, object]]) -> None:
    from rich.console import Console
    from rich.filesize import decimal
    from rich.table import Table

    console = Console()
    if not console.is_terminal:
        console.width = 140  # a pipe has no width, and rows that wrap are hard to grep
    table = Table(box=None, header_style="bold", pad_edge=False)
    for heading in ("name", "tiers", "size", "licence", "state"):
        table.add_column(heading, no_wrap=heading in {"name", "state"})
    for row in rows:
        size = int(str(row["size_bytes"]))
        tiers = row["tiers"] if isinstance(row["tiers"], list) else []
        table.add_row(
            str(row["name"]),
            " ".join(map(str, tiers)) or "-",
            decimal(size) if size else "-",
            str(row["licence"]),
            str(row["state"]),
        )
    console.print(table)
