from django.db import IntegrityError, transaction
from django.utils.translation import gettext_noop

from enrollment.actions.access.what_may_be_given import AccessRefused
from enrollment.models import AuditEntry, Permission, Person, ScopeTag
from enrollment.permissions import check_everywhere

NAMELESS = gettext_noop("Give the scope tag a name.")
NAME_TAKEN = gettext_noop("Another scope tag has this name already.")


def save_scope_tag(tag: ScopeTag | None, *, name: str, description: str = "", by: Person | None) -> ScopeTag:
    """A part of the organisation, new or renamed. AccessRefused."""
    check_everywhere(by, Permission.MANAGE_ACCESS)
    name = " ".join(name.split())
    if not name:
        raise AccessRefused(NAMELESS, "name")
    others = ScopeTag.objects.exclude(pk=tag.pk) if tag else ScopeTag.objects.all()
    if others.filter(name__iexact=name).exists():
        raise AccessRefused(NAME_TAKEN, "name")
    before = {"name": tag.name, "description": tag.description} if tag else {}
    tag = tag or ScopeTag()
    tag.name, tag.description = name, description.strip()
    try:
        with transaction.atomic():
            tag.save()
            action = "scope_tag.changed" if before else "scope_tag.made"
            AuditEntry.record(action, tag, by=by, before=before, name=name, description=tag.description)
    except IntegrityError:
        raise AccessRefused(NAME_TAKEN, "name") from None
    return tag
