from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("enrollment", "0016_find_the_syncs_of_a_day")]

    operations = [
        migrations.AddIndex(
            model_name="device",
            index=models.Index(
                fields=["wish", "token", "apple_profile_status", "appeared_at"],
                condition=Q(profile=None, released_at=None),
                name="devices_without_a_profile",
            ),
        ),
    ]
