"""The page in a real browser: an empty console, no request, names as text, no wider than paper."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.made_recording import crush
from viz.html_report import write_report

CHROMIUM = Path("/usr/bin/chromium")
SCRIPT = "<script>alert(1)</script>"
playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
pytestmark = [
    pytest.mark.skipif(not CHROMIUM.exists(), reason="/usr/bin/chromium is not installed"),
    pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning"),
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with playwright.sync_playwright() as player:
        running = player.chromium.launch(
            executable_path=str(CHROMIUM),
            args=[
                "--no-sandbox",
                "--disable-gpu",
                "--disable-background-networking",
                "--disable-dev-shm-usage",
            ],
        )
        yield running
        running.close()


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    recording = crush()
    recording.venue = replace(recording.venue, name=SCRIPT, labels={})
    return write_report([recording], tmp_path_factory.mktemp("browser"), "ko")


@pytest.fixture(scope="module")
def opened(browser: Any, report: Path) -> Iterator[dict[str, Any]]:
    page = browser.new_page(viewport={"width": 1000, "height": 1400})
    seen: dict[str, Any] = {"page": page, "console": [], "requests": [], "dialogs": []}
    page.on("console", lambda message: seen["console"].append(message.text))
    page.on("pageerror", lambda error: seen["console"].append(str(error)))
    page.on("request", lambda request: seen["requests"].append(request.url))
    page.on("dialog", lambda dialog: (seen["dialogs"].append(dialog.message), dialog.dismiss()))
    page.goto(report.as_uri())
    page.wait_for_load_state("networkidle")
    yield seen
    page.close()


def test_the_console_stays_empty(opened: dict[str, Any]) -> None:
    assert opened["console"] == []


def test_nothing_is_requested_but_the_page(opened: dict[str, Any], report: Path) -> None:
    assert [url for url in opened["requests"] if not url.startswith("data:")] == [report.as_uri()]


def test_a_venue_named_like_a_script_shows_as_text(opened: dict[str, Any]) -> None:
    assert SCRIPT in opened["page"].inner_text("header")
    assert opened["dialogs"] == []


def test_the_style_of_the_page_is_applied(opened: dict[str, Any]) -> None:
    border = opened["page"].evaluate("getComputedStyle(document.querySelector('.headline')).borderTopWidth")
    assert border == "3px"


def test_the_font_inside_the_page_draws_the_headline(opened: dict[str, Any]) -> None:
    assert opened["page"].evaluate("[...document.fonts].map(font => font.status)") == ["loaded"]


def test_every_picture_is_shown(opened: dict[str, Any]) -> None:
    widths = opened["page"].evaluate("[...document.images].map(image => image.naturalWidth)")
    assert len(widths) == 5
    assert min(widths) > 1000


def test_the_page_is_no_wider_than_a_sheet_of_a4(opened: dict[str, Any]) -> None:
    page = opened["page"]
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 703, "height": 1000})  # 186 mm between the margins at 96 dpi
    assert page.evaluate("document.documentElement.scrollWidth") <= 703


def test_the_page_reads_without_javascript(browser: Any, report: Path) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(report.as_uri())
    assert "심각" in page.inner_text("h1")
    context.close()
