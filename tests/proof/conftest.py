"""Demos that programs work with, and throw away."""

from contextlib import contextmanager

import pytest

from tests.demo import Demo, a_folder, a_free_port


@contextmanager
def a_demo(tmp_path_factory):
    """One that refuses nobody for asking too often."""
    rates = {"API_RATE": "1000000/min", "API_FAILURE_RATE": "1000000/min"}
    demo = Demo(a_folder(tmp_path_factory), a_free_port(), **rates)
    try:
        demo.wait_for("Ready:")
        yield demo
        demo.stop()
    finally:
        demo.process.kill()


@pytest.fixture(scope="package")
def demo(tmp_path_factory):
    """One for all of them."""
    with a_demo(tmp_path_factory) as demo:
        yield demo


@pytest.fixture(scope="module")
def demo_to_spoil(tmp_path_factory):
    """One for what spares nothing."""
    with a_demo(tmp_path_factory) as demo:
        yield demo
