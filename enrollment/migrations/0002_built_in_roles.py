from django.db import migrations

from enrollment.models.role import BUILT_IN


def write_roles(apps, schema_editor):
    Role = apps.get_model("enrollment", "Role")
    for key, permissions in BUILT_IN.items():
        Role.objects.update_or_create(
            key=key, defaults={"is_built_in": True, "permissions": [permission.value for permission in permissions]}
        )


class Migration(migrations.Migration):
    dependencies = [("enrollment", "0001_what_we_remember")]
    operations = [migrations.RunPython(write_roles, migrations.RunPython.noop)]
