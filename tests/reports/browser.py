"""A headless Chromium for the tests of the page: what it needs, asks for and shows."""

from __future__ import annotations

import base64
import importlib
import json
import os
import shutil
from pathlib import Path
from typing import Any

#: Nothing that a browser would ask of a network by itself.
QUIET = (
    "--headless", "--disable-gpu", "--disable-quic", "--no-first-run", "--hide-scrollbars",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def lacking() -> str:
    """What is missing for tests in a browser, and how to get it; blank if nothing is."""
    if not any(map(shutil.which, BROWSERS)) or not shutil.which("chromedriver"):
        return "no Chromium with chromedriver (Debian: apt-get install chromium chromium-driver)"
    try:
        importlib.import_module("selenium")
    except ImportError:
        return "no Selenium: make browser"
    return ""


class Browser:
    """A browser, and what may be asked of a page in it."""

    def __init__(self, profile: Path) -> None:
        from selenium import webdriver
        from selenium.webdriver.chrome.options import Options
        from selenium.webdriver.chrome.service import Service

        options = Options()
        options.binary_location = next(filter(None, map(shutil.which, BROWSERS)))
        root = hasattr(os, "geteuid") and os.geteuid() == 0
        for word in (*QUIET, *(["--no-sandbox"] if root else []), f"--user-data-dir={profile}"):
            options.add_argument(word)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
        self.driver = webdriver.Chrome(
            options=options, service=Service(shutil.which("chromedriver"))
        )
        self.driver.set_script_timeout(20)

    def open(self, page: Path, fragment: str = "") -> None:
        """Open a page anew, with a state in its address."""
        self.driver.get("about:blank")
        self.driver.get(page.as_uri() + fragment)
        self.settle()

    def run(self, script: str, *values: Any) -> Any:
        """Run a script in the page."""
        return self.driver.execute_script(script, *values)

    def settle(self) -> None:
        """Wait until what was set is shown."""
        self.driver.execute_async_script(
            "const done = arguments[0]; requestAnimationFrame(() => requestAnimationFrame(done));"
        )

    def set(self, name: str, value: float | bool) -> None:
        """Move a slider, choose of a list, or tick a box, as a hand would."""
        self.run(
            "const one = document.getElementById(arguments[0]);"
            "if (one.type === 'checkbox')"
            " { if (one.checked !== arguments[1]) one.click(); return; }"
            "one.value = arguments[1];"
            "one.dispatchEvent(new Event('input', {bubbles: true}));"
            "one.dispatchEvent(new Event('change', {bubbles: true}));",
            name, value,
        )  # fmt: skip
        self.settle()

    def text(self, name: str) -> str:
        """Text of an element."""
        return str(self.run("return document.getElementById(arguments[0]).textContent", name))

    def answer(self) -> dict[str, float]:
        """Numbers of the answer, and its effective draws."""
        found = self.run("return {...document.getElementById('answer').dataset}")
        return {name: float(value) for name, value in found.items() if value != ""}

    def wide(self, width: int, height: int = 800) -> None:
        """Give the page a width, as of a telephone."""
        self.driver.execute_cdp_cmd(
            "Emulation.setDeviceMetricsOverride",
            {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600},
        )
        self.run("window.dispatchEvent(new Event('resize'))")
        self.settle()

    def picture(self) -> bytes:
        """The page whole, as PNG."""
        size = self.run(
            "const one = document.documentElement; return [one.scrollWidth, one.scrollHeight]"
        )
        clip = {"x": 0, "y": 0, "width": size[0], "height": size[1], "scale": 1}
        found = self.driver.execute_cdp_cmd(
            "Page.captureScreenshot", {"captureBeyondViewport": True, "clip": clip}
        )
        return base64.b64decode(found["data"])

    def printed(self) -> bytes:
        """The page as a printer gets it."""
        found = self.driver.execute_cdp_cmd(
            "Page.printToPDF", {"printBackground": True, "preferCSSPageSize": True}
        )
        return base64.b64decode(found["data"])

    def complaints(self) -> list[str]:
        """What the console said since it was last asked."""
        return [str(one["message"]) for one in self.driver.get_log("browser")]

    def requests(self) -> list[str]:
        """Addresses that were asked for since this was last asked."""
        found = []
        for one in self.driver.get_log("performance"):
            event = json.loads(one["message"])["message"]
            if event["method"] == "Network.requestWillBeSent":
                found.append(str(event["params"]["request"]["url"]))
        return found
