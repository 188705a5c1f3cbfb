"""Runs graphs in a browser: one page for all of them, whose answers come back by HTTP."""

import base64
import http.server
import json
import shutil
import subprocess
import tempfile
import threading
from importlib.resources import files

import numpy as np
import torch

from notebooklib.live._hooks import flatten
from notebooklib.live._packing import stored

CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
QUIET = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run "
    "--disable-background-networking --disable-component-update --disable-sync"
).split()
SCRIPT = """
const encode = (data) => {
  const bytes = new Uint8Array(Float64Array.from(data).buffer);
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
};
const tasks = await (await fetch('tasks')).json(), answers = [];
for (const { graph, inputs } of tasks) {
  try {
    const g = load(graph);
    for (const [name, value] of Object.entries(inputs)) {
      const { shape, dtype } = g.input(name);
      g.set(name, restore(value, [shape, dtype]));
    }
    g.run();
    g.run();
    answers.push(Object.fromEntries(g.outputs.map((name) => [name, encode(g.get(name).data)])));
  } catch (error) { answers.push(String(error)); }
}
await fetch('answers', { method: 'POST', body: JSON.stringify(answers) });
"""


def command(browser, folder, url):
    """Return how a browser is started without a window, or nothing where there is none."""
    names = CHROMIUM if browser == "chromium" else (browser,)
    path = next(filter(None, map(shutil.which, names)), None)
    if path is None:
        return None
    if browser == "chromium":
        return [path, *QUIET, f"--user-data-dir={folder}", url]
    return [path, "--headless", "--no-remote", "--profile", folder, url]


def answers(browser, tasks):
    """Run (graph, inputs) pairs in a browser; return a dict of tensors, or an error, for each."""
    run = (files("notebooklib.live") / "run.js").read_text(encoding="utf-8")
    page = f"<!doctype html><meta charset=utf-8><script type=module>{run}{SCRIPT}</script>"
    body = json.dumps([{"graph": g, "inputs": _stored(inputs)} for g, inputs in tasks])
    told, done = [], threading.Event()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            text = body if self.path.endswith("tasks") else page
            kind = "application/json" if self.path.endswith("tasks") else "text/html"
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.end_headers()
            self.wfile.write(text.encode())

        def do_POST(self):
            told.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.end_headers()
            done.set()

        def log_message(self, *args):
            pass

    with (
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder,
        http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server,
    ):
        threading.Thread(target=server.serve_forever, daemon=True).start()
        start = command(browser, folder, f"http://127.0.0.1:{server.server_port}/")
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        process = subprocess.Popen(start, **quiet)
        try:
            if not done.wait(120):
                raise TimeoutError(f"{browser} did not answer")
        finally:
            process.terminate()
            process.wait()
            server.shutdown()
    results = json.loads(told[0])
    return [_tensors(r, g) for r, (g, _) in zip(results, tasks, strict=True)]


def _stored(inputs):
    names, values, _ = flatten(inputs)
    return {name: stored(value) for name, value in zip(names, values, strict=True)}


def _tensors(result, graph):
    if isinstance(result, str):
        return result
    found = {}
    for name, text in result.items():
        shape = graph["tensors"][graph["outputs"][name]][0]
        found[name] = torch.from_numpy(np.frombuffer(base64.b64decode(text)).copy().reshape(shape))
    return found


def gap(have, want):
    """Return the largest difference, relative to the larger of 1 and the largest entry."""
    want = want.detach().double()
    if have.shape != want.shape or not torch.equal(have.isnan(), want.isnan()):
        return float("inf")
    endless = have.isinf() | want.isinf()
    if not torch.equal(have[endless], want[endless]):
        return float("inf")
    ok = want.isfinite()
    if not ok.any():
        return 0.0
    return float((have - want)[ok].abs().max() / max(1.0, float(want[ok].abs().max())))


# ---- what the figures themselves bring along: actions, and what Python says they lead to


def tries(figure):
    """Return the actions that Python has carried out, with what it announced and computed."""
    return json.loads(figure.get_attribute("data-tries"))


def act(page, figure, do):
    """Carry out the actions of one round in the page, by the reader's own means."""
    for kind, *what in do:
        if kind == "pick":
            axis, k = what
            control = figure.locator(f"[data-axis='{axis}']")
            if control.first.evaluate("c => c.type") == "radio":
                control.nth(k).check(force=True)
            elif control.evaluate("c => c.type") == "range":
                control.focus()
                page.keyboard.press("Home")
                for _ in range(k):
                    page.keyboard.press("ArrowRight")
            else:
                control.select_option(index=k)
        elif kind == "keys":
            figure.locator(f"[data-point='{what[0]}']").focus()
            for key in what[1]:
                page.keyboard.press(key)
        elif kind == "type":
            figure.locator(".live-entry").fill(what[0])
            figure.locator(".live-entry").press("Enter")
        elif kind == "switch":
            figure.locator(f"[data-switch='{what[0]}']").nth(what[1]).click()
        elif kind == "paint":
            figure.locator(f"[data-drawing='{what[0]}'] canvas").focus()
            page.keyboard.press("Space")
        elif kind == "guess":
            figure.locator(".live-guess .book-choice").nth(what[0]).click()
        else:
            figure.locator(f"[data-act='{kind}']").click()
        settled(page)


def settled(page):
    """Wait for two frames."""
    frames = "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
    page.evaluate(frames)


def agrees(page, figure):
    """Go through a figure's tries; return where the page and Python do not agree."""
    gaps = []
    for number, tried in enumerate(tries(figure)):
        act(page, figure, tried["do"])
        spoken = "f => f.dataset.said === f.dataset.frames"  # a moment after the last change
        page.wait_for_function(spoken, arg=figure.element_handle(), timeout=9000)
        said = figure.locator(".book-said").inner_text()
        if said.strip() != tried["says"]:
            gaps.append((number, said, tried["says"]))
        for name, size in figure.evaluate("f => Object.entries(f.sizes())"):
            if abs(size - tried["sizes"][name]) > 1e-3 * max(abs(tried["sizes"][name]), 1e-9):
                gaps.append((number, name, size, tried["sizes"][name]))
    return gaps
