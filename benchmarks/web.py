"""The web app in Chromium: from drop to picture, 500 rows that scroll, and fifty changes of tab.

`python -m benchmarks.web [drop] [rows] [tabs]`. Needs Chromium and Playwright, as the journeys do.
"""

import base64
import io
import statistics
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, expect

from benchmarks.pictures import portrait
from benchmarks.served import Server
from support.browser import running_browser
from support.serving import data_folder

REMOVER = "/apps/background-remover"
ROWS = 500
ROUNDS = 2
SCROLL_S = 6
CHANGES = 50
PICTURES = (1, 1, 1, 12)  # megapixels; the first of a size finds nothing warm

_FOLLOW = """() => {
  addEventListener('drop', () => { window.times = {dropped: performance.now()}; }, true);
  const look = () => {
    const times = window.times ?? {}, now = performance.now();
    const own = document.querySelector('[class*=working] img');
    if (times.dropped && !times.own && own?.complete && own.naturalWidth) times.own = now;
    const cutout = [...document.images].find((each) => each.alt.includes('without its background'));
    if (times.dropped && !times.found && cutout?.complete && cutout.naturalWidth) {
      times.found = now;
      const painted = () => requestAnimationFrame(() => { times.seen = performance.now(); });
      cutout.decode().then(() => requestAnimationFrame(painted));
    }
    requestAnimationFrame(look);
  };
  look();
}"""
_SCROLL = """async (seconds) => {
  const list = [...document.querySelectorAll('main *')].find(
    (each) => each.scrollHeight > each.clientHeight * 4 && getComputedStyle(each).overflowY !== 'visible');
  const box = list ?? document.scrollingElement, gaps = [];
  let last = await new Promise(requestAnimationFrame);
  const begun = last, far = box.scrollHeight - box.clientHeight;
  while (last - begun < seconds * 1000) {
    const now = await new Promise(requestAnimationFrame);
    gaps.push(now - last);
    last = now;
    const share = ((now - begun) / 1000 / seconds) * 2;
    box.scrollTop = far * (share < 1 ? share : 2 - share);
  }
  return {gaps: gaps.slice(2), far, rows: document.querySelectorAll('main li, main [role=row]').length};
}"""
# As large as the list, and as far to scroll: what this machine draws at best.
_BOX = """<!doctype html><style>p {{ height: 64px; margin: 0 }}</style><main>
<div style="overflow: auto; height: 630px; width: 1170px"><div style="height: 32000px">{}</div></div>
</main>"""
_STREAMS = """() => {
  const Real = EventSource, all = (window.streams = []);
  window.EventSource = class extends Real { constructor(...given) { super(...given); all.push(this); } };
}"""


def drop(page: Page, server: Server) -> None:
    """From a file let go above the page to the cut-out on the screen, less what the engine took."""
    page.goto(f"{server.url}{REMOVER}/single")
    expect(page.get_by_role("button", name="Choose a picture")).to_be_visible()
    page.evaluate(_FOLLOW)
    with tempfile.TemporaryDirectory() as folder:
        for number, megapixels in enumerate(PICTURES):
            file = Path(folder) / f"{number}.jpg"
            file.write_bytes(_jpeg(megapixels, number))
            _let_go(page, file)
            page.wait_for_function("() => window.times?.seen")
            times = page.evaluate("window.times")
            told = page.evaluate(
                "async (id) => (await (await fetch(`/api/background-remover/jobs/${id}`)).json()).job",
                page.url.rpartition("/")[2],
            )
            seen, own = times["seen"] - times["dropped"], times["own"] - times["dropped"]
            engine = told["processingTimeMs"]
            print(
                f"drop, {megapixels:2} MP: itself after {own:4.0f} ms, cut out after {seen:5.0f}, "
                f"of which engine {engine:5} ms: {seen - engine:4.0f} ms more (at most 1500)",
                flush=True,
            )


def rows(page: Page, server: Server) -> None:
    """A batch of 500 files, scrolled to its end and back; by turns with boxes that hold next to nothing."""
    page.goto(f"{server.url}{REMOVER}/batch")
    picture = base64.b64encode(_jpeg(0.01, 0)).decode()
    page.locator("input[type=file]").first.wait_for(state="attached")
    page.evaluate(
        """([data, count]) => {
          const bytes = Uint8Array.from(atob(data), (each) => each.charCodeAt(0));
          const given = new DataTransfer();
          for (let n = 0; n < count; n += 1)
            given.items.add(new File([bytes, `${n}`], `${n}.jpg`, {type: "image/jpeg"}));
          const input = document.querySelector('input[type=file][multiple]');
          input.files = given.files;
          input.dispatchEvent(new Event('change', {bubbles: true}));
        }""",
        [picture, ROWS],
    )
    expect(page.get_by_text("499.jpg").or_(page.get_by_text("0.jpg", exact=True)).first).to_be_visible()
    page.mouse.move(4, 4)  # over none of the rows
    plain, empty = page.context.new_page(), page.context.new_page()
    plain.set_content(_BOX.format("".join(f"<p>{number}.jpg</p>" for number in range(ROWS))))
    empty.set_content(_BOX.format(""))
    for _ in range(ROUNDS):
        for name, shown in (("rows", page), ("plain text", plain), ("nothing in it", empty)):
            shown.bring_to_front()
            found = shown.evaluate(_SCROLL, SCROLL_S)
            gaps = sorted(found["gaps"])
            late = sum(gap > 25 for gap in gaps)
            print(
                f"{name:13} {found['far']:.0f} px and back in {SCROLL_S} s: "
                f"{1000 / statistics.mean(gaps):.1f} frames a second, "
                f"p99 {gaps[int(len(gaps) * 0.99)]:.1f} ms, later than 25 ms {late} of {len(gaps)}",
                flush=True,
            )


def tabs(page: Page, server: Server) -> None:
    """Memory, nodes, listeners and streams before and after fifty changes of tab."""
    page.add_init_script(f"({_STREAMS})()")
    page.goto(f"{server.url}{REMOVER}/single")
    names = ("Batch", "Jobs", "Subscription", "Single")

    def around(times: int) -> None:
        for turn in range(times):
            page.get_by_role("navigation").get_by_role("link", name=names[turn % 4]).click()
            expect(page.locator("main h1, main h2").first).to_be_attached()

    around(8)  # every screen and what it reads is loaded
    before = _standing(page)
    around(CHANGES + 2)
    after = _standing(page)
    page.wait_for_timeout(5000)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.wait_for_timeout(5000)
    print(
        f"tabs: {CHANGES + 2} changes: {before} before, {after} after; requests in 5 s at rest: {len(asked)}"
    )


def _standing(page: Page) -> dict[str, float]:
    session = page.context.new_cdp_session(page)
    for _ in range(2):
        session.send("HeapProfiler.collectGarbage")
    counts = session.send("Memory.getDOMCounters")
    heap = session.send("Runtime.getHeapUsage")["usedSize"]
    session.detach()
    streams = page.evaluate("window.streams.filter((each) => each.readyState !== 2).length")
    opened = page.evaluate("window.streams.length")
    return {
        "MB": round(heap / 1e6, 2),
        "nodes": counts["nodes"],
        "listeners": counts["jsEventListeners"],
        "streams open": streams,
        "ever": opened,
    }


def _jpeg(megapixels: float, number: int) -> bytes:
    edge = round((megapixels * 1e6) ** 0.5)
    file = io.BytesIO()
    Image.fromarray(portrait(edge, edge + number)).save(file, "JPEG", quality=90)
    return file.getvalue()


def _let_go(page: Page, file: Path) -> None:
    """As a hand would: the browser itself makes the events."""
    session = page.context.new_cdp_session(page)
    data = {"items": [], "files": [str(file)], "dragOperationsMask": 1}
    for kind in ("dragEnter", "dragOver", "drop"):
        session.send("Input.dispatchDragEvent", {"type": kind, "x": 600, "y": 400, "data": data})
    session.detach()


@contextmanager
def _page(server: Server) -> Iterator[Page]:
    with running_browser() as browser:
        context = browser.new_context(locale="en-GB", viewport={"width": 1440, "height": 900})
        login = {"email": "bench@example.com", "password": "correct horse battery", "session": "cookie"}
        context.request.post(f"{server.url}/api/auth/login", data=login)
        yield context.new_page()


def main() -> None:
    """Run what is named, or all."""
    parts: dict[str, Callable[[Page, Server], None]] = {"drop": drop, "rows": rows, "tabs": tabs}
    with data_folder() as data, Server(data) as server:
        for name in sys.argv[1:] or parts:
            with _page(server) as page:
                parts[name](page, server)


if __name__ == "__main__":
    main()
