from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("enrollment", "0018_keep_what_the_clock_counts"),
    ]

    operations = [
        migrations.AddField(
            model_name="delivery",
            name="reached",
            field=models.JSONField(blank=True, default=list),
        ),
        migrations.AddField(
            model_name="delivery",
            name="reached_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(
                condition=models.Q(("reached_at__isnull", False)),
                fields=["reached_at"],
                name="deliveries_that_reached_some",
            ),
        ),
    ]
