"""System Chromium, started once, and the example site served to it from this machine."""

import os
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from allcomers.cli.serving import loopback_server
from allcomers.observatory.site import build_site
from allcomers.published.example import write_example, write_organisations

NAMES = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
)
PATIENCE_MS = 60_000
"""The machine may be busy; what never comes still fails."""
LEFT_BEHIND = "net::ERR_ABORTED"  # still loading when the reader went to the next page
HOW_TO_INSTALL = (
    "no Chromium was found: `sudo apt-get install chromium`, or name one in ALLCOMERS_CHROMIUM; "
    "`make browser` does what it may"
)


def chromium_path() -> str | None:
    """The Chromium named in ALLCOMERS_CHROMIUM, else the first on the PATH."""
    return os.environ.get("ALLCOMERS_CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    folder = Path(__file__).parent
    for item in items:
        if folder in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium. Its absence fails in continuous integration, and skips with the remedy elsewhere."""
    path = chromium_path()
    if path is None:
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(HOW_TO_INSTALL)
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS))
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of the synthetic tables."""
    inputs, out = tmp_path_factory.mktemp("example"), tmp_path_factory.mktemp("built") / "site"
    build_site(write_example(inputs), out, organisations=write_organisations(inputs))
    return out


@pytest.fixture(scope="session")
def address(site: Path) -> Iterator[str]:
    """Where the site is served, without a slash at the end."""
    with loopback_server(site, 0) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """A fresh tab, in which an error in a script or a file that is not found fails the test."""
    page = context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
    page.on("requestfailed", lambda request: wrong.append(request.url) if request.failure != LEFT_BEHIND else None)
    yield page
    assert wrong == []


@pytest.fixture
def plain_page(browser: Browser) -> Iterator[Page]:
    """A tab in which no script runs."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, java_script_enabled=False)
    yield context.new_page()
    context.close()
