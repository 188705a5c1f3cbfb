"""Reads a handful of pages in Firefox, where it is installed: by hand and without a complaint.

Firefox is spoken to in WebDriver BiDi, which it answers itself: no driver is needed.
"""

import json
import shutil
import socket
import subprocess
import time
from pathlib import Path

import pytest
import websocket
from browsing import HOLDS, KINDS, PAGES, few

FIREFOX = shutil.which("firefox") or shutil.which("firefox-esr")
HOME, RIGHT, ENTER = "\ue011", "\ue014", "\ue007"
IMG = "document.querySelector('.book-move:has(input[type=range]) img.frame-view')"
RANGE = "document.querySelector('.book-move input[type=range]')"
CHOICE = "document.querySelector('.book-ask:has(.book-choice)')"
TYPED = "document.querySelector('.book-ask:has(.book-entry)')"


class Firefox:
    """One window of Firefox."""

    def __init__(self, profile):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        command = [FIREFOX, "--headless", "--no-remote", "--profile", str(profile)]
        self.process = subprocess.Popen(
            [*command, f"--remote-debugging-port={port}", "about:blank"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self.socket = self.reached(f"ws://127.0.0.1:{port}/session")
        self.count, self.complaints, self.foreign, self.own = 0, [], [], ""
        self.ask("session.new", capabilities={})
        self.ask("session.subscribe", events=["log.entryAdded", "network.beforeRequestSent"])
        self.ask("session.subscribe", events=["network.responseCompleted", "network.fetchError"])
        self.context = self.ask("browsingContext.getTree")["contexts"][0]["context"]

    def reached(self, address, patience=60):
        """Return a connection to the browser as soon as it listens."""
        end = time.monotonic() + patience
        while True:
            try:
                return websocket.create_connection(address, timeout=60, suppress_origin=True)
            except OSError:
                if time.monotonic() > end or self.process.poll() is not None:
                    self.process.kill()
                    raise
                time.sleep(0.1)

    def ask(self, method, **parameters):
        """Send a command and return its result; note what Firefox tells meanwhile."""
        self.count += 1
        self.socket.send(json.dumps({"id": self.count, "method": method, "params": parameters}))
        while True:
            told = json.loads(self.socket.recv())
            if told.get("id") == self.count:
                assert told["type"] == "success", told
                return told["result"]
            self.note(told.get("method"), told.get("params", {}))

    def note(self, event, told):
        url = told.get("request", {}).get("url", "")
        if event == "log.entryAdded" and told["level"] in ("error", "warn"):
            self.complaints.append(told["text"])
        elif event == "network.responseCompleted" and told["response"]["status"] >= 400:
            self.complaints.append(f"{told['response']['status']}: {url}")
        elif event == "network.fetchError" and "/_images/move-" not in url:
            self.complaints.append(f"failed: {url}")
        elif event == "network.beforeRequestSent":
            if not url.startswith((self.own, "data:", "blob:", "about:")):
                self.foreign.append(url)

    def open(self, address):
        self.own = "/".join(address.split("/")[:3])
        self.complaints, self.foreign = [], []
        self.ask("browsingContext.navigate", context=self.context, url=address, wait="complete")

    def see(self, script):
        """Return the value of an expression in the page."""
        text = f"(async () => JSON.stringify((await ({script})) ?? null))()"
        target = {"context": self.context}
        told = self.ask("script.evaluate", expression=text, target=target, awaitPromise=True)
        assert told["type"] == "success", told
        return json.loads(told["result"]["value"])

    def wait(self, script, patience=20):
        """Wait until an expression in the page is true."""
        end = time.monotonic() + patience
        while not self.see(script):
            assert time.monotonic() < end, f"waited {patience} s in vain for {script}"
            time.sleep(0.05)

    def press(self, element, keys):
        """Press keys, or type, with an element in focus."""
        shown = "scrollIntoView({block: 'center', behavior: 'instant'})"
        self.see(f"({element}.{shown}, {element}.focus())")
        acts = [{"type": kind, "value": k} for k in keys for kind in ("keyDown", "keyUp")]
        source = {"type": "key", "id": "keyboard", "actions": acts}
        self.ask("input.performActions", context=self.context, actions=[source])

    def click(self, element):
        """Click an element with the mouse: a window without a screen has no focus for keys."""
        place = f"""((box) => [box.x + box.width / 2, box.y + box.height / 2].map(Math.round))(
            ({element}.scrollIntoView({{block: 'center', behavior: 'instant'}}),
            {element}.getBoundingClientRect()))"""
        x, y = self.see(place)
        acts = [{"type": "pointerMove", "x": x, "y": y}]
        acts += [{"type": kind, "button": 0} for kind in ("pointerDown", "pointerUp")]
        source = {"type": "pointer", "id": "mouse", "actions": acts}
        self.ask("input.performActions", context=self.context, actions=[source])


@pytest.fixture(scope="module")
def firefox(tmp_path_factory):
    if FIREFOX is None:
        pytest.skip("no Firefox on this machine (Debian: apt-get install firefox-esr)")
    window = Firefox(tmp_path_factory.mktemp("firefox"))
    yield window
    window.socket.close()
    window.process.terminate()
    window.process.wait(30)


@pytest.fixture(scope="module", params=few(), ids=lambda name: Path(name).stem)
def read(request, firefox, server):
    """Open a page and note its name."""
    firefox.open(server + request.param)
    firefox.name = request.param
    return firefox


def holding(sign):
    """Return the pages of the handful whose notebooks hold this kind of thing."""
    return pytest.mark.parametrize(
        "read", [name for name in few() if HOLDS.get(name, {}).get(sign)], indirect=True
    )


def test_the_handful_is_the_cover_and_one_of_each_kind():
    assert few()[0] == PAGES[0]
    assert all(any(HOLDS.get(name, {}).get(kind) for name in few()) for kind in KINDS)
    assert len(few()) <= 6


@holding("ask")
def test_an_ask_is_answered(read):
    read.wait("document.querySelectorAll('.book-ask.live').length > 0")
    asked = [which for which in (CHOICE, TYPED) if read.see(f"!!{which}")]
    assert asked
    for which in asked:
        said = f"{which}.querySelector('.book-verdict').textContent"
        assert read.see(said) == ""
        if which == CHOICE:
            read.click(f"{which}.querySelector('.book-choice')")
        else:
            boxes = read.see(f"{which}.querySelectorAll('.book-entry').length")
            for number in range(boxes):
                read.press(f"{which}.querySelectorAll('.book-entry')[{number}]", "12345")
            read.press(f"{which}.querySelector('.book-entry')", ENTER)
        read.wait(f"/Right|Not so/.test({said})")
        below = f"document.querySelector(`.ask-below[data-for='${{{which}.dataset.book}}']`)"
        assert read.see(f"!{below} || {below}.checkVisibility()")


@holding("slider")
def test_keys_move_a_slider_and_its_picture_changes(read):
    read.see("document.querySelectorAll('.book-show').forEach(button => button.click())")
    read.press(RANGE, "")
    read.wait(f"!!{RANGE}.closest('.book-move').dataset.alive && !{RANGE}.matches(':disabled')")
    read.press(RANGE, HOME)
    read.wait(f"{RANGE}.value == 0 && {IMG}.complete")
    for _ in range(min(3, int(read.see(f"{RANGE}.max")))):
        before = read.see(f"[{IMG}.src, {IMG}.alt, {RANGE}.getAttribute('aria-valuetext')]")
        src, alt, value = map(json.dumps, before)
        read.press(RANGE, RIGHT)
        read.wait(f"{IMG}.src != {src} && {IMG}.alt != {alt} && {IMG}.naturalWidth > 0")
        assert read.see(f"{RANGE}.getAttribute('aria-valuetext')") != json.loads(value)


def test_pictures_and_formulas_are_drawn_and_nothing_complains(read):
    read.see("document.querySelectorAll('.book-show').forEach(button => button.click())")
    read.see("document.querySelectorAll('details.fold').forEach(box => { box.open = true; })")
    images = "[...document.querySelectorAll('article img')]"
    read.see(f"Promise.all({images}.map(i => (i.loading = 'eager', i.decode().catch(() => 0))))")
    assert read.see(f"{images}.filter(i => !i.naturalWidth).map(i => i.src)") == []
    boxes = "[...document.querySelectorAll('math')].filter(m => m.checkVisibility())"
    assert read.see(f"{boxes}.filter(m => !m.getBoundingClientRect().width).length") == 0
    assert read.see("document.documentElement.scrollWidth <= innerWidth")
    assert read.foreign == []
    assert read.complaints == []
