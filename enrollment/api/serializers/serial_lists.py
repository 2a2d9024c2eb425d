from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from enrollment import limits
from enrollment.api.serializers.said import OneOf, Said
from enrollment.models import AssignmentState, Profile, SerialList, SerialRow, SerialVerdict
from enrollment.models.serial_answers import counts_by_token
from enrollment.models.serial_list_file import GivenRow

LONGEST = {"serial": 250, "profile": 125, "note": 500}
TROUBLES_TOLD = 20


class GivenRowSerializer(Said):
    """A row of a list."""

    serial = serializers.CharField(max_length=LONGEST["serial"])
    profile = serializers.CharField(
        max_length=LONGEST["profile"],
        required=False,
        allow_blank=True,
        help_text="The name of the profile it is to get.",
    )
    note = serializers.CharField(max_length=LONGEST["note"], required=False, allow_blank=True)


@extend_schema_field(
    serializers.ListField(child=GivenRowSerializer(), min_length=1, max_length=limits.SERIALS_PER_LIST)
)
class RowsField(serializers.Field):
    """A hundred thousand rows: most are as they should be, and only the others are looked at closely."""

    def to_internal_value(self, data: Any) -> list[GivenRow]:
        if not isinstance(data, list) or not data:
            raise serializers.ValidationError(_("There is no serial number in it."))
        if len(data) > limits.SERIALS_PER_LIST:
            sentence = _("The list has more than %(most)d rows: split it.")
            raise serializers.ValidationError(sentence % {"most": limits.SERIALS_PER_LIST})
        rows, troubles = [], {}
        for at, said in enumerate(data):
            row = said if _is_plain(said) else GivenRowSerializer(data=said)
            if not isinstance(row, dict) and not row.is_valid():
                troubles[str(at)] = row.errors
                if len(troubles) == TROUBLES_TOLD:
                    break
            elif not troubles:
                rows.append(GivenRow(at + 1, **(row if isinstance(row, dict) else row.validated_data)))
        if troubles:
            raise serializers.ValidationError(troubles)
        return rows


def _is_plain(said: Any) -> bool:
    return (
        isinstance(said, dict)
        and bool(said.get("serial"))
        and said.keys() <= LONGEST.keys()
        and all(type(text) is str and len(text) <= LONGEST[name] and "\0" not in text for name, text in said.items())
    )


class ListSaidSerializer(Said):
    """A list: its rows, or a text as people paste it."""

    name = serializers.CharField(max_length=200, required=False)
    rows = RowsField(required=False)
    text = serializers.CharField(
        max_length=limits.SERIAL_LIST_BYTES,
        required=False,
        trim_whitespace=False,
        help_text="One serial number a line; a profile and a note may follow. Headings are understood, but not needed.",
    )

    def validate(self, said: dict[str, Any]) -> dict[str, Any]:
        if ("rows" in said) == ("text" in said):
            raise serializers.ValidationError(_("Say either rows or a text."))
        return said


class ListUploadedSerializer(Said):
    """A list as a file: CSV or text from any spreadsheet."""

    file = serializers.FileField(allow_empty_file=True)
    name = serializers.CharField(max_length=200, required=False, help_text="Without it, the file's.")


class VerdictCountSerializer(serializers.Serializer):
    """How many rows got this answer."""

    verdict = serializers.ChoiceField(choices=SerialVerdict.choices)
    words = serializers.CharField()
    count = serializers.IntegerField()


class TokenCountSerializer(serializers.Serializer):
    """How many devices of the list are in a token now."""

    token = serializers.IntegerField()
    name = serializers.CharField()
    count = serializers.IntegerField()


class SerialListSerializer(serializers.ModelSerializer):
    """A list of serial numbers, with what was answered when it was read."""

    rows = serializers.SerializerMethodField(help_text="How many.")
    counts = serializers.SerializerMethodField()
    created_at = serializers.DateTimeField(source="made_at", read_only=True)

    class Meta:
        model = SerialList
        fields = ["id", "name", "created_at", "rows", "counts"]
        read_only_fields = fields

    def get_rows(self, serials: SerialList) -> int:
        return sum(serials.counts.values())

    @extend_schema_field(VerdictCountSerializer(many=True))
    def get_counts(self, serials: SerialList) -> list[dict[str, Any]]:
        return [
            {"verdict": verdict.value, "words": str(verdict.label), "count": serials.counts[verdict]}
            for verdict in SerialVerdict
            if serials.counts.get(verdict)
        ]


class SerialListDetailSerializer(SerialListSerializer):
    """The same, with where its devices are now."""

    tokens = serializers.SerializerMethodField()

    class Meta(SerialListSerializer.Meta):
        fields = [*SerialListSerializer.Meta.fields, "tokens"]
        read_only_fields = fields

    @extend_schema_field(TokenCountSerializer(many=True))
    def get_tokens(self, serials: SerialList) -> list[dict[str, Any]]:
        counts = counts_by_token(serials, self.context["request"].user)
        return [{"token": token.pk, "name": token.name, "count": count} for token, count in counts]


class RowsAnsweredSerializer(serializers.Serializer):
    """Which rows: with one answer, or whose device is in one token now."""

    verdict = serializers.ChoiceField(choices=SerialVerdict.choices, required=False)
    token = serializers.IntegerField(required=False, help_text="Whose device is in this token now.")


class ListedDeviceSerializer(serializers.Serializer):
    """A device with the number of a row, as it is now."""

    device = serializers.IntegerField(source="pk")
    token = serializers.IntegerField(source="token_id")
    profile = serializers.IntegerField(source="profile_id", allow_null=True, help_text="The wanted one.")
    assignment_state = serializers.ChoiceField(choices=AssignmentState.choices, source="state_now")
    released_at = serializers.DateTimeField(allow_null=True)


class SerialRowSerializer(serializers.ModelSerializer):
    """A row of a list, and what is known of its number now."""

    profile = serializers.CharField(source="profile_name", read_only=True, help_text="The name it gave.")
    devices = ListedDeviceSerializer(many=True, read_only=True)
    has_come = serializers.BooleanField(read_only=True, help_text="It was unknown, and there is a device now.")
    names_nothing = serializers.BooleanField(read_only=True, help_text="No token of its devices has that profile.")

    class Meta:
        model = SerialRow
        fields = ["number", "given", "serial", "verdict", "profile", "note", "devices", "has_come", "names_nothing"]
        read_only_fields = fields


class AssignListSerializer(Said):
    """Which profile the devices of the list are to get."""

    profile = OneOf(Profile, allow_null=True, help_text="Null is the one that each row names.")
