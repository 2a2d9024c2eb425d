from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("enrollment", "0017_count_devices_without_a_profile"),
    ]

    operations = [
        migrations.CreateModel(
            name="KeptTally",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                ("counts", models.JSONField(default=dict)),
            ],
            options={
                "constraints": [models.CheckConstraint(condition=models.Q(("pk", 1)), name="there_is_one_kept_tally")],
            },
        ),
    ]
