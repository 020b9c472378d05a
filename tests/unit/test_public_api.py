"""The public names and signatures, pinned: who changes one changes this file too, and knows it."""

import inspect
import subprocess
import sys

import pytest

import lumiku

SIGNATURES = {
    "remove": "(data, **options)",
    "cutout": "(data, *, remover=None, **options)",
    "Remover": "(settings=None)",
    "Remover.remove": "(self, picture, options=None, deadline=None)",
    "Remover.apply_matte": "(self, picture, matte, options=None, deadline=None)",
    "Remover.warm": "(self, options=None)",
    "Cutout.compose": "(self, options=None)",
    "Cutout.to_bytes": "(self, options=None, **changes)",
    "Cutout.image": "(self, options=None, **changes)",
    "Cutout.save": "(self, path, **changes)",
    "Options": (
        "(tier='standard', model=None, mask_only=False, format='png', quality=90, lossless=False, "
        "compression='auto', background_color=None, background_image=None, background_blur=None, "
        "crop=False, crop_margin='0', scale='original', position='original', size='full', shadow='none', "
        "shadow_opacity=0.4, decontaminate=True, color_profile='keep')"
    ),
}
CUTOUT_FIELDS = (
    "rgb matte original box confidence outcome tier pipeline executions timings_ms icc_profile options"
)
HEAVY = ("numpy", "openvino", "onnxruntime", "pydantic", "cv2", "PIL", "httpx")


def bare(target: object) -> str:
    signature = inspect.signature(target)  # type: ignore[arg-type]
    parameters = [each.replace(annotation=inspect.Parameter.empty) for each in signature.parameters.values()]
    return str(signature.replace(parameters=parameters, return_annotation=inspect.Signature.empty))


def test_the_public_names() -> None:
    assert lumiku.__all__ == [
        "Cutout",
        "EngineSettings",
        "LumikuError",
        "Options",
        "Remover",
        "cutout",
        "remove",
    ]
    assert dir(lumiku) == sorted([*lumiku.__all__, "__version__"])
    for name in lumiku.__all__:
        assert getattr(lumiku, name).__name__ == name
    with pytest.raises(AttributeError, match="'removed'"):
        _ = lumiku.removed  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", SIGNATURES)
def test_a_signature(name: str) -> None:
    target: object = lumiku
    for part in name.split("."):
        target = getattr(target, part)
    assert bare(target) == SIGNATURES[name]


def test_the_fields_of_a_cutout() -> None:
    assert list(lumiku.Cutout.__dataclass_fields__) == CUTOUT_FIELDS.split()


def loaded_by(code: str) -> set[str]:
    script = f"import sys\n{code}\nprint(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return set(run.stdout.split())


@pytest.mark.parametrize("module", ["lumiku", "lumiku.cli.main"])
def test_importing_loads_nothing_heavy(module: str) -> None:
    assert loaded_by(f"import {module}").isdisjoint(HEAVY)


def test_a_remover_loads_no_runtime_and_no_network_before_it_needs_one() -> None:
    loaded = loaded_by("import lumiku; lumiku.Remover()")
    assert loaded.isdisjoint({"openvino", "onnxruntime", "httpx"})
    assert {"numpy", "cv2", "pydantic"} <= loaded  # the check above can fail
