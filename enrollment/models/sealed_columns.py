"""Where secrets are kept under the key ring, found by the shape of the models: a new column is never forgotten."""

from collections.abc import Iterator

from django.apps import apps
from django.db.models import BinaryField, JSONField, Model

BEGINS = "sealed_"
# Columns of packages that keep sealed texts among other values; theirs have no names of ours.
WITH_SEALED_TEXTS = (("mfa", "authenticator", "data"),)


def sealed_columns() -> Iterator[tuple[type[Model], str]]:
    """Each binary column whose name says that it is sealed, and those that hold sealed texts."""
    for model in apps.get_models():
        for field in model._meta.local_concrete_fields:
            place = (model._meta.app_label, model._meta.model_name, field.name)
            if place in WITH_SEALED_TEXTS or (isinstance(field, BinaryField) and field.name.startswith(BEGINS)):
                yield model, field.name


def holds_texts(model: type[Model], column: str) -> bool:
    """Whether the secrets are texts within JSON."""
    return isinstance(model._meta.get_field(column), JSONField)
