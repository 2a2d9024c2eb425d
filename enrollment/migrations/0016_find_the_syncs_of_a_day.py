from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("enrollment", "0014_find_licences_of_which_few_are_left")]

    operations = [
        migrations.AddIndex(
            model_name="syncrun",
            index=models.Index(
                fields=["finished_at"], condition=Q(finished_at__isnull=False), name="finished_runs_by_time"
            ),
        ),
    ]
