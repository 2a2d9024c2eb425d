"""`?fields=id,name`: only these of what an answer has."""

from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request


def only_asked_fields(serializer: serializers.BaseSerializer, request: Request) -> None:
    """Take away what the request did not ask for; ValidationError when it asks for what there is not."""
    said = ",".join(request.query_params.getlist("fields"))
    asked = {name.strip() for name in said.split(",")} - {""}
    one = getattr(serializer, "child", serializer)
    if not asked or not isinstance(one, serializers.Serializer):
        return
    known = set(one.fields)
    if asked - known:
        raise ValidationError(
            {"fields": [_("There are only these fields: %(names)s.") % {"names": ", ".join(sorted(known))}]}
        )
    for name in known - asked:
        one.fields.pop(name)
