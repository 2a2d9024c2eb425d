"""A real Chromium before a real demo."""

import json
import os
import shutil
import subprocess
import sys
import warnings

import pytest
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, expect, sync_playwright

from tests.demo import ROOT, Demo, a_folder, a_free_port

# Milliseconds: what is tried here is what a page does, not how fast it is on a busy machine.
expect.set_options(timeout=30_000)
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
]


@pytest.fixture(scope="package")
def demo(tmp_path_factory):
    demo = Demo(a_folder(tmp_path_factory), a_free_port())
    try:
        demo.wait_for("Ready:")
        yield demo
        demo.stop()
    finally:
        demo.process.kill()


def ask_inside(demo, *words):
    """Ask the demo's database, or change it: the functions of inside.py."""
    environment = {**os.environ, "DATA_DIR": str(demo.folder), "DJANGO_SETTINGS_MODULE": "config.settings"}
    command = [sys.executable, "-m", "tests.browser.inside", *words]
    said = subprocess.run(command, cwd=ROOT, env=environment, check=False, capture_output=True, text=True)
    assert said.returncode == 0, said.stderr
    return json.loads(said.stdout.splitlines()[-1])


def sign_in(context: BrowserContext, base: str, name: str) -> Page:
    page = context.new_page()
    page.goto(f"{base}/accounts/login/")
    page.get_by_label("Username").fill(name)
    page.get_by_label("Password").fill(f"orchard-{name}")
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("heading", name="Home")).to_be_visible()
    return page


@pytest.fixture(scope="module")
def chromium():
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if program is None:
        warnings.warn("There is NO Chromium on this machine: the browser tests were NOT run.", stacklevel=1)
        pytest.skip("NO Chromium on this machine: the browser tests were NOT run")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=QUIET)
        yield browser
        browser.close()


# What htmx says of a request that a newer one took the place of; one that failed is told in other words.
ABORTED = ("htmx:afterRequest,", "htmx:sendAbort,")


def _is_a_problem(message: ConsoleMessage) -> bool:
    return message.type == "error" and not message.text.startswith(ABORTED)


@pytest.fixture
def admin_page(demo, chromium):
    """A page of the administrator, in which nothing may go wrong unseen."""
    context = chromium.new_context(locale="en-GB")
    problems = []
    context.on("weberror", lambda error: problems.append(str(error.error)))
    context.on("console", lambda message: problems.append(message.text) if _is_a_problem(message) else None)
    yield sign_in(context, f"http://localhost:{demo.port}", "admin")
    context.close()
    assert problems == []
