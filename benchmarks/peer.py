"""The peer: PyPI's rembg in an environment of its own, with the very same weights."""

import os
import subprocess
from pathlib import Path

from lumiku.engine.catalog import find_model
from lumiku.engine.settings import EngineSettings
from lumiku.engine.weights.store import ensure_weights

ROOT = Path(__file__).parents[1]
VENV = ROOT / ".cache" / "peer"
WEIGHTS = ROOT / ".cache" / "peer-weights"
REMBG = "rembg[cpu,cli]==2.0.86"


def peer_python() -> Path:
    """The interpreter of rembg's environment, made when it is missing."""
    python = VENV / "bin" / "python"
    if not python.exists():
        uv = ROOT / ".cache" / "tools" / "bin" / "uv"
        command = str(uv) if uv.exists() else "uv"
        subprocess.run([command, "venv", "--quiet", str(VENV)], check=True)
        subprocess.run(
            [command, "pip", "install", "--quiet", "--python", str(python), REMBG, "onnx==1.23.2"], check=True
        )
    return python


def peer_environment() -> dict[str, str]:
    """Environment variables under which rembg finds our weights and downloads nothing."""
    WEIGHTS.mkdir(parents=True, exist_ok=True)
    settings = EngineSettings()
    for name in ("u2net", "u2netp"):
        link = WEIGHTS / f"{name}.onnx"
        if not link.exists():
            link.symlink_to(ensure_weights(find_model(name), settings))
    widened = WEIGHTS / "isnet-general-use.onnx"
    if not widened.exists():
        source = ensure_weights(find_model("isnet"), settings)
        script = Path(__file__).with_name("widen_weights.py")
        subprocess.run([str(peer_python()), str(script), str(source), str(widened)], check=True)
    return {**os.environ, "U2NET_HOME": str(WEIGHTS), "MODEL_CHECKSUM_DISABLED": "1"}
