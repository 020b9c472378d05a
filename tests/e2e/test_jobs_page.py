"""What was handed in, found again: narrowed, tried again, deleted, taken as one archive."""

import io
import re
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import expect

from support.scenes import blank, pixels, portrait, shows_the_person
from support.serving import until
from support.site import API, ASKING_S, REMOVER, Site, Visit

pytestmark = pytest.mark.models


def stored(site: Site) -> set[Path]:
    return {path for path in (site.data / "storage").rglob("*") if path.is_file()}


def test_found_again_tried_again_deleted_and_taken_together(person: Visit, site: Site) -> None:
    page = person.page
    before = stored(site)
    good = person.remove("eileen.jpg", portrait(128))
    files = stored(site) - before
    assert len(files) >= 3  # as it was, the result, the matte
    bad = person.remove("grey.jpg", blank())
    assert (good["status"], bad["status"]) == ("completed", "failed")
    person.remove_all({"left.jpg": portrait(128, 1), "right.jpg": portrait(128, 2)}, "Shoes")

    person.go(f"{REMOVER}/jobs")
    rows = page.get_by_role("main").get_by_role("list").first.get_by_role("listitem")
    expect(rows).to_have_count(4)
    page.get_by_text("Filters", exact=True).click()
    page.get_by_label("Status").select_option("failed")
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("grey.jpg")
    expect(rows).to_contain_text("no subject")
    page.reload()  # the address knows
    expect(rows).to_have_count(1)
    with page.expect_response(re.compile(f"/jobs/{bad['id']}/retry$")) as again:
        page.get_by_role("button", name="Try grey.jpg again").click()
    assert again.value.ok
    until(lambda: person.read(f"{API}/jobs/{bad['id']}")["job"]["status"] == "failed", pause_s=ASKING_S)
    balance = person.read("/api/credits/balance")
    assert (balance["balance"], balance["held"]) == (100 - 3 * 3, 0)  # what did not come out is not paid

    page.get_by_role("button", name="Clear the filters").click()
    expect(rows).to_have_count(4)
    other = person.context.new_page()
    other.goto(f"{site.url}{REMOVER}/single/{good['id']}")
    expect(other.get_by_role("button", name="Download")).to_be_visible()
    page.get_by_role("button", name="Delete eileen.jpg").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(rows).to_have_count(3)
    assert "eileen.jpg" not in {job["originalName"] for job in person.read(f"{API}/jobs")["jobs"]}
    assert person.context.request.get(site.url + good["processedUrl"]).status in {404, 410}
    until(lambda: not files & stored(site))
    expect(other.get_by_role("heading", name="This picture is no longer here")).to_be_visible()
    expect(other.get_by_role("button", name="Download")).to_have_count(0)
    other.close()

    page.get_by_role("group", name="Show").get_by_text("Batches").click()
    with page.expect_download() as taken:
        page.get_by_role("link", name="Download all of Shoes").click()
    archive = zipfile.ZipFile(io.BytesIO(Path(taken.value.path()).read_bytes()))
    made = {name: pixels(archive.read(name)) for name in archive.namelist() if name.endswith(".png")}
    assert sorted(made) == ["removed-left.png", "removed-right.png"]
    assert all(map(shows_the_person, made.values()))
