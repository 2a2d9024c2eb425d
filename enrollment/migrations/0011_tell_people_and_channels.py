from django.db import migrations, models


def remember_what_was_told(apps, _schema_editor):
    """What notices have told of expiries is not told once more."""
    notices, alerts, deliveries = (apps.get_model("enrollment", name) for name in ("Notice", "Alert", "Delivery"))
    for notice in notices.objects.exclude(sent_at=None).select_related("token", "person"):
        if notice.token.expires_at != notice.expires_at:
            continue  # of a year before
        condition = "token_expiring" if notice.days else "token_expired"
        alert, _made = alerts.objects.get_or_create(
            key=f"{condition}.token-{notice.token_id}.{notice.expires_at:%Y%m%d}",
            ended_at=None,
            defaults={"condition": condition, "token": notice.token, "since": notice.sent_at},
        )
        deliveries.objects.get_or_create(
            alert=alert,
            step=str(notice.days) if notice.days else "",
            person=notice.person,
            defaults={
                "created_at": notice.created_at,
                "due_at": notice.sent_at,
                "sent_at": notice.sent_at,
                "tries": notice.tries,
            },
        )


class Migration(migrations.Migration):
    dependencies = [("enrollment", "0010_remember_warnings_and_licences")]

    operations = [
        migrations.AddField(
            model_name="channel",
            name="sealed_secret_before",
            field=models.BinaryField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="channel",
            name="secret_made_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="delivery",
            name="dropped_because",
            field=models.CharField(
                blank=True,
                choices=[
                    ("over", "Over before it was told"),
                    ("snoozed", "Snoozed"),
                    ("not_theirs", "Not for them any more"),
                    ("given_up", "Given up"),
                ],
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="person",
            name="failing_since",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="person",
            name="trouble_details",
            field=models.JSONField(blank=True, default=dict),
        ),
        migrations.AddField(
            model_name="person",
            name="trouble_sentence",
            field=models.TextField(blank=True),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(
                condition=models.Q(("sent_at__isnull", False)), fields=["sent_at"], name="deliveries_sent"
            ),
        ),
        migrations.AddConstraint(
            model_name="delivery",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("dropped_at", None), ("dropped_because", "")),
                    models.Q(("dropped_at__isnull", False), ("dropped_because__gt", "")),
                    _connector="OR",
                ),
                name="a_delivery_is_dropped_for_a_reason",
            ),
        ),
        migrations.RunPython(remember_what_was_told, migrations.RunPython.noop),
        migrations.DeleteModel(name="Notice"),
    ]
