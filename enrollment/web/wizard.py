"""A wizard is a draft and a list of steps; each step has its own URL (style.md 7)."""

from collections.abc import Iterator
from dataclasses import dataclass

from django import forms
from django.utils.functional import Promise


@dataclass(frozen=True)
class Step:
    """One page of a wizard. `form` is None for the review."""

    key: str
    title: str | Promise
    form: type[forms.BaseForm] | None = None


class Steps:
    """The steps in order."""

    def __init__(self, *steps: Step) -> None:
        self._steps = steps

    def __iter__(self) -> Iterator[Step]:
        return iter(self._steps)

    def find(self, key: str) -> Step | None:
        return next((step for step in self._steps if step.key == key), None)

    def first(self) -> Step:
        return self._steps[0]

    def after(self, step: Step) -> Step:
        return self._steps[min(self._steps.index(step) + 1, len(self._steps) - 1)]

    def before(self, step: Step) -> Step | None:
        place = self._steps.index(step)
        return self._steps[place - 1] if place else None
