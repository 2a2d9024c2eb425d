from rest_framework import serializers

LONGEST_TYPED = 100


class DoctorAskedSerializer(serializers.Serializer):
    """Whom the doctor looks at."""

    serial = serializers.CharField(max_length=LONGEST_TYPED, help_text="As it is typed, pasted or scanned.")


class DoctorAboutSerializer(serializers.Serializer):
    """Where the next step is done."""

    type = serializers.ChoiceField(choices=["token", "device", "profile", "vpp_token"])
    id = serializers.IntegerField()
    name = serializers.CharField()
    url = serializers.URLField()


class DoctorFindingSerializer(serializers.Serializer):
    """One question the doctor asked, and what was found."""

    id = serializers.CharField(help_text="Of the question: the same in every language.")
    question = serializers.CharField()
    verdict = serializers.ChoiceField(
        choices=["ok", "note", "problem", "unknown"], help_text="All right, to note, a problem, or not known."
    )
    evidence = serializers.CharField()
    next_step = serializers.CharField(allow_blank=True)
    about = DoctorAboutSerializer(allow_null=True)


class DiagnosisSerializer(serializers.Serializer):
    """Why a device does not enroll."""

    serial = serializers.CharField(allow_blank=True, help_text="As it was understood.")
    at = serializers.DateTimeField()
    device = serializers.IntegerField(allow_null=True)
    is_well = serializers.BooleanField(help_text="Nothing that can be seen keeps it from enrolling.")
    asked_apple = serializers.BooleanField(help_text="False when you have asked too often in this minute.")
    answer = serializers.CharField(help_text="In a line.")
    first = serializers.CharField(allow_null=True, help_text="The id of the finding that explains it.")
    findings = DoctorFindingSerializer(many=True, help_text="In the order it was looked for.")
    text = serializers.CharField(help_text="All of it, for a ticket.")
