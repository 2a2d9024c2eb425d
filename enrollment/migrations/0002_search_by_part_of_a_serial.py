"""On PostgreSQL, LIKE '%part%' over 200,000 devices needs trigrams; SQLite scans its one file fast enough."""

from django.db import migrations

COLUMNS = ("serial", "asset_tag", "description")


def make_indexes(apps, schema_editor):
    if schema_editor.connection.vendor != "postgresql":
        return
    schema_editor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    for column in COLUMNS:
        schema_editor.execute(
            f"CREATE INDEX device_search_{column} ON enrollment_device USING gin (upper({column}) gin_trgm_ops) "
            "WITH (fastupdate = on, gin_pending_list_limit = 16384)"
        )


def drop_indexes(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for column in COLUMNS:
            schema_editor.execute(f"DROP INDEX IF EXISTS device_search_{column}")


class Migration(migrations.Migration):
    dependencies = [("enrollment", "0001_what_we_remember")]
    operations = [migrations.RunPython(make_indexes, drop_indexes)]
