"""What a browser sees on one page of the book: one visit, many findings."""

from dataclasses import dataclass, field
from typing import Any

from axe_core import axe

SETTLED = """async () => {
  await document.fonts.ready;
  if (window.MathJax?.startup?.promise) await MathJax.startup.promise;
  for (const d of document.querySelectorAll("details")) d.open = true;
  await new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)));
}"""

MATHS = """() => ({
  written: document.querySelectorAll(".math").length,
  drawn: document.querySelectorAll(".math mjx-container").length,
  errors: document.querySelectorAll("mjx-merror, [data-mjx-error]").length,
  raw: /\\|\\s*:?(---|—|–)|\\\\\\(|\\\\\\[|\\$\\$/.test(
    document.querySelector("article, main").innerText),
})"""

IMAGES = """() => [...document.querySelectorAll("img")].filter(
  i => !(i.complete && i.naturalWidth) || !(i.alt || i.getAttribute("role") === "presentation")
).map(i => i.outerHTML.slice(0, 200))"""

DRAWINGS = """() => [...document.querySelectorAll("article svg")].filter(s => {
  if (s.closest("mjx-container") || s.getAttribute("aria-hidden") === "true") return false;
  const label = s.getAttribute("aria-label") || s.querySelector("title")?.textContent;
  return !(s.getAttribute("role") === "img" && label && label.trim().length > 10);
}).map(s => s.outerHTML.slice(0, 200))"""

SEARCH_BOXES = """() => [...document.querySelectorAll(
  "input[type=search], .search-button-field, .search-button"
)].filter(e => e.checkVisibility({visibilityProperty: true}) && e.getClientRects().length).length"""

WIDER = """() => {
  const over = [...document.querySelectorAll("body *")].filter(
    e => e.getBoundingClientRect().right > innerWidth + 1 && !e.closest(
      "[data-scrolls], .bd-sidebar-primary, .bd-sidebar-secondary, mjx-assistive-mml, script"));
  return document.documentElement.scrollWidth > innerWidth ? over.slice(0, 5).map(
    e => e.outerHTML.slice(0, 120)) .concat(["wider than the window"]) : [];
}"""

# The API pages are made by machine, entry after entry: a few of a few modules stand for all.
THIN_OUT = """() => {
  [...document.querySelectorAll("article section section")].slice(4).forEach(s => s.remove());
  document.querySelectorAll("article section").forEach(section =>
    [...section.querySelectorAll(":scope > dl.py")].slice(3).forEach(entry => entry.remove()));
}"""

WATCH_FOCUS = """() => {
  window.reached = new Set();
  document.addEventListener("focusin", e => window.reached.add(e.target));
  document.activeElement?.blur?.();
  window.scrollTo(0, 0);
  window.wanted = [...document.querySelectorAll(
    "a[href], button, input, summary, select, textarea, [tabindex='0']"
  )].filter(e => e.checkVisibility({visibilityProperty: true, opacityProperty: true})
    && e.getClientRects().length && e.tabIndex >= 0 && !e.disabled);
  return window.wanted.length;
}"""

NOT_REACHED = """() => window.wanted.filter(e => !window.reached.has(e)).map(
  e => e.outerHTML.slice(0, 120))"""


@dataclass
class Visit:
    """The findings; every list is empty on a good page."""

    status: int = 0
    console: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    maths: dict[str, Any] = field(default_factory=dict)
    images: list[str] = field(default_factory=list)
    drawings: list[str] = field(default_factory=list)
    axe: dict[str, list[str]] = field(default_factory=dict)
    wider: list[str] = field(default_factory=list)
    not_reached: list[str] = field(default_factory=list)
    reachable: int = 0
    search_boxes: dict[int, int] = field(default_factory=dict)


# A name that leaves out what the button shows is a finding by default since axe-core 4.14 alone.
ALWAYS = {"label-content-name-mismatch": {"enabled": True}}
# Everything once; then only the rules whose answer the theme or the width can change.
RULES = {
    "light": [],
    "dark": ["color-contrast", "link-in-text-block"],
    "narrow": ["scrollable-region-focusable", "aria-hidden-focus", "link-name", "button-name"],
}


def violations(page: Any, look: str) -> list[str]:
    """Return axe-core's findings on the page as it stands, all but the minor ones."""
    # subtle: with `preload`, axe itself would ask for stylesheets, at wrong addresses
    options: dict[str, Any] = {"resultTypes": ["violations"], "preload": False, "rules": ALWAYS}
    if RULES[look]:
        options["runOnly"] = RULES[look]
    response = axe().run(page, options=options).response
    return [
        f"{found['id']}: {node['html'][:160]} {node['failureSummary'][:300]}"
        for found in response["violations"]
        if found["impact"] != "minor"
        for node in found["nodes"]
    ]


def visit(page: Any, site: str, name: str) -> Visit:
    """Open a page, wait until it has settled, and look at it in every way."""
    seen = Visit()

    def on_console(message: Any) -> None:
        if message.type in ("error", "warning"):
            seen.console.append(f"{message.type}: {message.text}")

    def on_response(response: Any) -> None:
        if response.status >= 400 or not response.url.startswith((site, "data:", "blob:")):
            seen.requests.append(f"{response.status} {response.url}")

    def on_failed(request: Any) -> None:
        # a request that the visit before left under way is cut off by the new page
        if "ERR_ABORTED" not in (request.failure or ""):
            seen.requests.append(f"failed {request.url}: {request.failure}")

    listeners = {
        "console": on_console,
        "pageerror": lambda error: seen.console.append(f"error: {error}"),
        "response": on_response,
        "requestfailed": on_failed,
    }
    for event, listener in listeners.items():
        page.on(event, listener)
    try:
        _look(page, f"{site}/{name}.html", seen)
    finally:
        for event, listener in listeners.items():
            page.remove_listener(event, listener)
    return seen


def _look(page: Any, address: str, seen: Visit) -> None:
    page.set_viewport_size({"width": 390, "height": 800})
    seen.status = page.goto(address).status
    page.evaluate(SETTLED)
    seen.wider = page.evaluate(WIDER)
    if "/book/api/" in address:
        page.evaluate(THIN_OUT)
    seen.search_boxes[390] = page.evaluate(SEARCH_BOXES)
    seen.axe["narrow"] = violations(page, "narrow")
    page.set_viewport_size({"width": 1280, "height": 900})
    page.evaluate(SETTLED)
    seen.maths = page.evaluate(MATHS)
    # lazily loaded images come into view
    page.evaluate("() => window.scrollTo(0, document.body.scrollHeight)")
    seen.images = page.evaluate(IMAGES)
    seen.drawings = page.evaluate(DRAWINGS)
    seen.search_boxes[1280] = page.evaluate(SEARCH_BOXES)
    for theme in ("light", "dark"):
        page.evaluate("theme => { document.documentElement.dataset.theme = theme }", theme)
        seen.axe[theme] = violations(page, theme)
    seen.reachable = page.evaluate(WATCH_FOCUS)
    # Chromium also stops at boxes that scroll, so one round takes more steps than there are links
    for _ in range(4 * seen.reachable // 20 + 5):
        for _ in range(20):
            page.keyboard.press("Tab")
        seen.not_reached = page.evaluate(NOT_REACHED)
        if not seen.not_reached:
            break
