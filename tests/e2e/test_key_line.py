"""A key made on the page works from a terminal, by the line beside it."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from playwright.sync_api import expect

from support.scenes import portrait
from support.site import Visit

pytestmark = pytest.mark.models


def test_the_line_beside_a_new_key_works(person: Visit, tmp_path: Path) -> None:
    if shutil.which("curl") is None:
        pytest.skip("no curl here")
    page = person.page
    person.go("/account/keys")
    page.get_by_role("button", name="New key").click()
    page.get_by_label("What is it for?").fill("Terminal")
    page.get_by_role("dialog").locator("button[type=submit]").click()
    line = page.get_by_role("dialog").get_by_text(re.compile("^curl "))
    expect(line).to_be_visible()
    (tmp_path / "picture.jpg").write_bytes(portrait())
    command = line.inner_text()
    done = subprocess.run(
        ["bash", "-c", command], cwd=tmp_path, capture_output=True, text=True, timeout=120, check=True
    )
    job = json.loads(done.stdout)["job"]
    assert job["status"] in {"completed", "pending", "processing"}
    assert person.read(f"/api/background-remover/jobs/{job['id']}")["job"]["originalName"] == "picture.jpg"
    refused = subprocess.run(
        ["bash", "-c", command.replace("Bearer ", "Bearer x")],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert json.loads(refused.stdout)["error"]["code"] in {"UNAUTHORIZED", "INVALID_TOKEN"}
