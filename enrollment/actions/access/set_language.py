from django.conf import settings

from enrollment.models import Person


def set_language(person: Person, language: str) -> None:
    """Mails to the person speak this language from now on; one we do not speak changes nothing."""
    if language in dict(settings.LANGUAGES):
        Person.objects.filter(pk=person.pk).update(language=language)
