"""Indexes for every filter of the device list; descriptions, few among many devices, need no trigrams."""

import django.db.models.deletion
from django.db import migrations, models


def _index(column, where=""):
    return (
        f"CREATE INDEX device_search_{column} ON enrollment_device USING gin (upper({column}) gin_trgm_ops) "
        f"WITH (fastupdate = on, gin_pending_list_limit = 16384) {where}"
    )


def drop_trigrams(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP INDEX IF EXISTS device_search_description")
        schema_editor.execute("DROP INDEX IF EXISTS device_search_asset_tag")
        schema_editor.execute(_index("asset_tag", "WHERE asset_tag > ''"))


def make_trigrams(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP INDEX IF EXISTS device_search_asset_tag")
        schema_editor.execute(_index("asset_tag"))
        schema_editor.execute(_index("description"))


class Migration(migrations.Migration):

    dependencies = [
        ('enrollment', '0004_tell_what_a_sync_did'),
    ]

    operations = [
        migrations.RunPython(drop_trigrams, make_trigrams),
        migrations.AlterField(
            model_name='device',
            name='profile',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='devices', to='enrollment.profile'),
        ),
        migrations.RemoveIndex(
            model_name='device',
            name='devices_by_serial',
        ),
        migrations.AddIndex(
            model_name='device',
            index=models.Index(fields=['serial', 'id'], name='devices_by_serial'),
        ),
        migrations.AddIndex(
            model_name='device',
            index=models.Index(fields=['model', 'id'], name='devices_by_model'),
        ),
        migrations.AddIndex(
            model_name='device',
            index=models.Index(fields=['family'], name='devices_by_family'),
        ),
        migrations.AddIndex(
            model_name='device',
            index=models.Index(fields=['description'], name='devices_by_description'),
        ),
        migrations.AddIndex(
            model_name='device',
            index=models.Index(fields=['apple_profile_status', 'token', 'released_at'], name='devices_by_apple_status'),
        ),
        migrations.AddIndex(
            model_name='device',
            index=models.Index(fields=['profile', 'apple_profile_uuid', 'apple_profile_status'], name='devices_by_what_apple_has'),
        ),
        migrations.AddIndex(
            model_name='device',
            index=models.Index(condition=models.Q(('given_at__isnull', False)), fields=['profile', 'given_uuid', 'given_at', 'released_at'], name='devices_by_what_was_given'),
        ),
        migrations.AddIndex(
            model_name='device',
            index=models.Index(condition=models.Q(('wish', 'none')), fields=['apple_profile_status'], name='devices_to_be_cleared'),
        ),
        migrations.AddIndex(
            model_name='device',
            index=models.Index(condition=models.Q(('answer__gt', '')), fields=['answer', 'confirmed_at'], name='devices_by_answer'),
        ),
    ]
