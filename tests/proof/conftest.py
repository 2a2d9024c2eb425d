"""A demo that programs work with, and throw away."""

import pytest

from tests.demo import Demo, a_folder, a_free_port


@pytest.fixture(scope="package")
def demo(tmp_path_factory):
    """One for all of them: what tries out every operation comes last, for it spares nothing."""
    rates = {"API_RATE": "1000000/min", "API_FAILURE_RATE": "1000000/min"}
    demo = Demo(a_folder(tmp_path_factory), a_free_port(), **rates)
    try:
        demo.wait_for("Ready:")
        yield demo
        demo.stop()
    finally:
        demo.process.kill()
