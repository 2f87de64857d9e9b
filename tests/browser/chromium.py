"""Chromium driven over the DevTools protocol, through its two pipes: messages in JSON, each ended by a zero.

One browser at a time, in a profile of its own that goes with it.
"""

from __future__ import annotations

import fcntl
import json
import os
import select
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
PATIENCE = 30.0  # seconds for one answer
FLAGS = ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
         "--disable-background-networking", "--disable-component-update", "--disable-sync", "--hide-scrollbars",
         "--remote-debugging-pipe")  # fmt: skip

# the browser reads from its descriptor 3 and writes to 4
PLACED = """
import fcntl, os, sys
there, back = (fcntl.fcntl(int(pipe), fcntl.F_DUPFD, 10) for pipe in sys.argv[1:3])
os.dup2(there, 3)
os.dup2(back, 4)
os.execv(sys.argv[3], sys.argv[3:])
"""


def program() -> str | None:
    """Where Chromium is, if it is anywhere."""
    return next((found for name in PROGRAMS if (found := shutil.which(name))), None)


class Browser:
    """One running browser and its one page. `events` are what the page reported, oldest first."""

    def __init__(self, profile: Path) -> None:
        there, self._out = os.pipe()
        self._in, back = os.pipe()
        command = [program() or "", *FLAGS, f"--user-data-dir={profile}", "about:blank"]
        placed = [sys.executable, "-c", PLACED, str(there), str(back), *command]
        silent = subprocess.DEVNULL
        self._process = subprocess.Popen(placed, pass_fds=(there, back), stdin=silent, stdout=silent, stderr=silent)
        os.close(there)
        os.close(back)
        self._waiting, self._count, self._session = b"", 0, ""
        self.events: list[dict[str, Any]] = []
        page = next(t for t in self("Target.getTargets")["targetInfos"] if t["type"] == "page")
        self._session = self("Target.attachToTarget", targetId=page["targetId"], flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network", "DOM"):
            self(f"{domain}.enable")

    def __call__(self, method: str, **parameters: Any) -> dict[str, Any]:
        """One command and its answer; what happens meanwhile is kept."""
        self._count += 1
        message = {"id": self._count, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._out, json.dumps(message).encode() + b"\0")
        number = self._count
        return self._until(lambda answer: answer.get("id") == number, method)

    def _until(self, wanted: Any, what: str) -> dict[str, Any]:
        end = time.monotonic() + PATIENCE
        while True:
            answer = self._next(end, what)
            if wanted(answer):
                if "error" in answer:
                    raise RuntimeError(f"{what}: {answer['error']}")
                return answer.get("result", answer)
            if "method" in answer:
                self.events.append(answer)

    def _next(self, end: float, what: str) -> dict[str, Any]:
        while b"\0" not in self._waiting:
            ready, _, _ = select.select([self._in], [], [], max(0.0, end - time.monotonic()))
            more = os.read(self._in, 1 << 20) if ready else b""
            if not more:
                raise TimeoutError(f"the browser did not answer {what}")
            self._waiting += more
        message, _, self._waiting = self._waiting.partition(b"\0")
        return json.loads(message)

    # -- what a person does

    def open(self, page: Path, place: str = "") -> None:
        """The page, once it is all there."""
        self.events.clear()
        self("Page.navigate", url="about:blank")
        self.events.clear()
        self("Page.navigate", url=page.as_uri() + place)
        self._until(lambda answer: answer.get("method") == "Page.loadEventFired", "loading the page")

    def value(self, expression: str) -> Any:
        """What an expression of JavaScript comes to in the page."""
        answer = self("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in answer:
            raise RuntimeError(f"{expression}: {answer['exceptionDetails']}")
        return answer["result"].get("value")

    def click(self, selector: str) -> None:
        """The mouse, on the middle of what the selector finds first."""
        x, y = self.value(
            f"(() => {{ const e = document.querySelector({json.dumps(selector)}); "
            "e.scrollIntoView({block: 'center'}); const r = e.getClientRects()[0]; "
            "return [r.left + r.width / 2, r.top + r.height / 2]; })()"
        )
        for kind in ("mousePressed", "mouseReleased"):
            self("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)
        self.settle()

    def press(self, key: str) -> None:
        """A key, on what has the focus."""
        text = {"Enter": "\r", " ": " "}.get(key, "")
        self("Input.dispatchKeyEvent", type="keyDown", key=key, code=key.strip() or "Space", text=text,
             windowsVirtualKeyCode={"Enter": 13, " ": 32, "Tab": 9}[key])  # fmt: skip
        self("Input.dispatchKeyEvent", type="keyUp", key=key, code=key.strip() or "Space")
        self.settle()

    def settle(self) -> None:
        """Until the page has been laid out anew."""
        self("Page.captureScreenshot", clip={"x": 0, "y": 0, "width": 1, "height": 1, "scale": 1})

    def visible(self, selector: str) -> bool:
        """Whether something that the selector finds is there to be seen."""
        return self.value(
            f"[...document.querySelectorAll({json.dumps(selector)})].some(e => "
            "e.checkVisibility({contentVisibilityAuto: true, visibilityProperty: true}) && "
            "e.getBoundingClientRect().height > 0)"
        )

    def size(self, width: int, height: int = 800) -> None:
        self("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)

    def media(self, kind: str = "", scheme: str = "light") -> None:
        """Screen or print, light or dark."""
        self("Emulation.setEmulatedMedia", media=kind, features=[{"name": "prefers-color-scheme", "value": scheme}])

    def scripts(self, allowed: bool) -> None:
        self("Emulation.setScriptExecutionDisabled", value=not allowed)

    # -- what it complained about

    def complaints(self) -> list[str]:
        """Errors in the console, uncaught exceptions, violations of the page's policy, dialogs."""
        return [json.dumps(event["params"]) for event in self.events if _complains(event)]

    def requests(self) -> list[str]:
        """Everything that was asked for, by its address."""
        sent = [event for event in self.events if event["method"] == "Network.requestWillBeSent"]
        return [event["params"]["request"]["url"] for event in sent]

    def close(self) -> None:
        self._session = ""
        try:
            self("Browser.close")
            self._process.wait(5)
        except (RuntimeError, OSError, subprocess.TimeoutExpired):
            self._process.kill()
            self._process.wait()
        os.close(self._in)
        os.close(self._out)


def _complains(event: dict[str, Any]) -> bool:
    method, parameters = event["method"], event["params"]
    if method == "Log.entryAdded":
        return parameters["entry"]["level"] in ("error", "warning")
    if method == "Runtime.consoleAPICalled":
        return parameters["type"] in ("error", "warning", "assert")
    return method in ("Runtime.exceptionThrown", "Page.javascriptDialogOpening")


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser for as long as it is needed; who comes second waits."""
    with (
        tempfile.TemporaryDirectory(prefix="graphc-browser-", ignore_cleanup_errors=True) as profile,
        open(Path(tempfile.gettempdir()) / "graphc-browser.lock", "w") as lock,
    ):
        fcntl.flock(lock, fcntl.LOCK_EX)
        browser = Browser(Path(profile))
        try:
            yield browser
        finally:
            browser.close()
