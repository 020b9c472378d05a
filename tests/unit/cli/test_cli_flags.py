"""The flags say what the engine says."""

from dataclasses import dataclass, fields
from typing import Annotated, get_args

import pytest
import typer
from typer.testing import CliRunner

from lumiku.cli import flags
from lumiku.cli.app import app
from lumiku.cli.configure import fingerprint, read_options, read_settings
from lumiku.cli.errors import UsageFault
from lumiku.cli.flags import FileFlags, LookFlags, ModelFlags, RunFlags, spread_flags
from lumiku.cli.wording import with_flags
from lumiku.core.errors import LumikuError
from lumiku.engine import options as engine_options
from lumiku.engine import settings as engine_settings
from lumiku.engine.errors import InvalidOption
from lumiku.engine.options import Options
from lumiku.engine.presets import PRESETS


def test_choices_are_the_engines() -> None:
    for name in ("Tier", "Compression", "Shadow", "ColorProfile"):
        assert get_args(getattr(flags, name)) == get_args(getattr(engine_options, name))
    assert {*get_args(flags.Format), "auto"} == set(get_args(engine_options.OutputFormat))
    for name in ("Provider", "Precision"):
        assert get_args(getattr(flags, name)) == get_args(getattr(engine_settings, name))


def test_defaults_are_the_engines() -> None:
    made = read_options(ModelFlags(), LookFlags(), FileFlags(), "png")
    for field in fields(Options):
        assert getattr(made, field.name) == getattr(Options(), field.name), field.name


def test_every_option_has_its_flag() -> None:
    """Each flag set to something else changes its option, so none is forgotten on the way."""
    look = LookFlags(
        mask_only=True,
        bg_color="red",
        crop=True,
        crop_margin="5%",
        scale="50%",
        position="center",
        size="4mp",
        shadow="drop",
        shadow_opacity=0.1,
        no_decontaminate=True,
    )
    file = FileFlags(quality=1, lossless=True, compression="small", color_profile="srgb")
    made = read_options(ModelFlags(tier="basic", model="u2net"), look, file, "webp")
    unchanged = {
        field.name for field in fields(Options) if getattr(made, field.name) == getattr(Options(), field.name)
    }
    assert unchanged == {"background_image", "background_blur"}
    assert read_options(None, LookFlags(bg_blur="5%"), FileFlags(), "png").background_blur == 5.0


def test_a_preset_named_in_the_help_exists() -> None:
    [size] = [field for field in fields(LookFlags) if field.name == "size"]
    text = size.type.__metadata__[0].help if hasattr(size.type, "__metadata__") else str(size.type)
    assert all(name in PRESETS for name in ("amazon", "ebay", "etsy", "shopify") if name in text)


def test_flags_change_the_settings_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LUMIKU_ENGINE__THREADS", "7")
    monkeypatch.setenv("LUMIKU_ENGINE__STRICT", "true")
    engine = read_settings(ModelFlags(precision="f32", timeout=3.0)).engine
    assert (engine.threads, engine.strict, engine.precision, engine.timeout_s) == (7, True, "f32", 3.0)
    assert read_settings(ModelFlags(threads=1)).engine.threads == 1


def test_a_setting_that_cannot_be_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LUMIKU_ENGINE__THREADS", "many")
    with pytest.raises(UsageFault, match=r"LUMIKU_ENGINE__THREADS.*'many' is not a whole number"):
        read_settings()


def test_the_limit_of_pixels_is_a_flag_with_the_engines_default() -> None:
    assert read_settings(run=RunFlags(max_pixels=7)).engine.max_pixels == 7
    default = read_settings(run=RunFlags()).engine.max_pixels
    assert f"{default} by default" in CliRunner().invoke(app, ["remove", "--help"]).stdout.replace("\n", " ")


REFUSED = {
    "--tier gold": "'gold' is not one of 'basic', 'standard', 'professional', 'industry'",
    "--quality many": "'many' is not a whole number",
    "--quality 0": "--quality cannot be 0: a whole number from 1 to 100",
    "--jobs 0": "'0' is not 1 or more",
    "--jobs 65": "'65' is not 64 or less",
    "--timeout soon": "'soon' is not a number",
    "--max-pixels 0": "'0' is not 1 or more",
    "--scale 5": "--scale cannot be '5': \"original\" or a percentage from 10 to 100",
    "--bg-blur 51%": "--bg-blur cannot be 51.0: a percentage above 0, at most 50",
    "--bg-color nope": "--bg-color cannot be 'nope': #rgb",
    "--bg-image nofile": "--bg-image cannot be 'nofile': a file that is there",
    "--bg-color red --bg-blur 2": "Only one background at a time, not --bg-color and --bg-blur",
    "--crop-margin 9em": "--crop-margin cannot be '9em': \"12px\"",
    "--size huge": "--size cannot be 'huge': \"full\"",
    "--position up": "--position cannot be 'up': \"original\"",
    "--shadow-opacity 3": "--shadow-opacity cannot be 3.0: a number from 0 to 1",
    "--format zip --mask-only": "--format cannot be 'zip' with --mask-only",
    "--model isnett": "--model cannot be 'isnett'",
    "--matte nowhere": "--matte cannot be 'nowhere'",
    "-o a.bmp": "-o cannot end in '.bmp'",
}


@pytest.mark.parametrize("flags", REFUSED)
def test_a_refusal_names_flag_value_and_what_is_allowed(flags: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    result = CliRunner().invoke(app, ["remove", "photo.jpg", *flags.split()])
    said = result.stderr
    if isinstance(result.exception, LumikuError):
        said = with_flags(result.exception)
    assert REFUSED[flags] in said
    assert flags.split(maxsplit=1)[0] in said


def test_what_stands_in_backticks_is_named_as_its_flag() -> None:
    error = LumikuError("`background_blur`, `decontaminate`, `size` and size")
    assert with_flags(error) == "--bg-blur, --no-decontaminate, --size and size"


def test_bad_values_are_found_before_any_work() -> None:
    with pytest.raises(InvalidOption, match="colour"):
        read_options(None, LookFlags(bg_color="nope"), FileFlags(), "png")


def test_the_fingerprint_changes_with_whatever_shapes_the_result() -> None:
    base = Options()
    assert fingerprint(base) == fingerprint(Options())
    others = [Options(tier="basic"), Options(quality=3), Options(background_color="red"), Options(crop=True)]
    prints = {fingerprint(each) for each in [base, *others]} | {fingerprint(base, precision="f32")}
    assert len(prints) == 6


def test_flags_in_a_dataclass_become_a_commands_own() -> None:
    @dataclass(frozen=True)
    class Pair:
        left: Annotated[int, typer.Option(help="One side.")] = 1
        right: Annotated[str | None, typer.Option("--other")] = None

    @spread_flags
    def command(name: Annotated[str, typer.Argument()], *, pair: Pair, loud: bool = False) -> None:
        """Say it."""
        typer.echo(f"{name} {pair.left} {pair.right} {loud}")

    small = typer.Typer()
    small.command()(command)
    runner = CliRunner()
    assert runner.invoke(small, ["n", "--left", "4", "--other", "x", "--loud"]).stdout == "n 4 x True\n"
    assert runner.invoke(small, ["n"]).stdout == "n 1 None False\n"
    assert runner.invoke(small, ["n", "--left", "x"]).exit_code == 2
