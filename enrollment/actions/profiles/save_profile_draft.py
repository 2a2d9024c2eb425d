from typing import Any

from enrollment.models import ProfileDraft


def save_profile_draft(
    draft: ProfileDraft, *, name: str | None = None, description: str | None = None, **settings: Any
) -> None:
    """Keep what was typed, right or wrong; it is judged when the profile is saved."""
    draft.name = draft.name if name is None else name
    draft.description = draft.description if description is None else description
    draft.settings = {**draft.settings, **settings}
    draft.save()
