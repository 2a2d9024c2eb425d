"""A wizard is a draft and a list of steps; each step has its own URL (style.md 7)."""

from collections.abc import Iterator
from dataclasses import dataclass

from django import forms
from django.urls import reverse
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

    def rail(
        self, current: Step, url: str, pk: int, *, wrong: set[str], is_open: bool = True
    ) -> list[dict[str, object]]:
        """What parts/steps.html draws. `wrong` are the steps where something is missing; unless the wizard `is_open`,
        only the first can be gone to."""
        last = self._steps[-1]
        return [
            {
                "title": step.title,
                "url": reverse(url, args=[pk, step.key]),
                "is_current": step is current,
                "is_open": is_open or step is self.first(),
                "is_done": is_open and step is not last and step.key not in wrong,
                # Before the review nobody is blamed for what is yet to be filled in.
                "has_errors": current is last and step.key in wrong,
            }
            for step in self._steps
        ]
