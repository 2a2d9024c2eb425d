from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("enrollment", "0011_tell_people_and_channels"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="syncrun",
            index=models.Index(
                condition=models.Q(("finished_at__isnull", False)),
                fields=["token", "finished_at"],
                name="finished_runs_of_tokens",
            ),
        ),
    ]
