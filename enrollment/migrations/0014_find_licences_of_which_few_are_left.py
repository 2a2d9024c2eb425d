from django.db import migrations, models
from django.db.models import F, Q


class Migration(migrations.Migration):
    dependencies = [("enrollment", "0012_find_the_last_finished_sync")]

    operations = [
        migrations.AddIndex(
            model_name="licences",
            index=models.Index(
                fields=["vpp_token", "adam_id"],
                condition=Q(available__lte=10) | Q(available__lte=F("total") / 10),
                name="licences_few_left",
            ),
        ),
    ]
