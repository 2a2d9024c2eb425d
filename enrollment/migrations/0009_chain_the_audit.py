"""Entries of the audit log get a place in a chain, and the database itself refuses to change or delete them."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

TABLE, HEAD = "enrollment_auditentry", "enrollment_audithead"
TOLD = (
    "id", "at", "person_id", "who", "origin", "key_name", "action", "object_type", "object_id", "object_name",
    "token_id", "before", "after", "result", "mark",
)
# Lawful are two things: to seal an entry once, and to delete what the head of the chain has given up.
_POSTGRESQL_SAME = " AND ".join(f"NEW.{name} IS NOT DISTINCT FROM OLD.{name}" for name in TOLD)
_SQLITE_SAME = " AND ".join(f'NEW."{name}" IS OLD."{name}"' for name in TOLD)
REFUSAL = "the audit log is append-only"
GUARDS = {
    "postgresql": [
        f"""CREATE OR REPLACE FUNCTION pomona_audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF TG_OP = 'UPDATE' THEN
                IF OLD.number IS NULL AND NEW.number IS NOT NULL AND {_POSTGRESQL_SAME} THEN RETURN NEW; END IF;
            ELSIF TG_OP = 'DELETE' THEN
                IF OLD.number <= (SELECT purged_number FROM {HEAD} WHERE id = 1) THEN RETURN OLD; END IF;
            END IF;
            RAISE EXCEPTION '{REFUSAL}';
        END $$""",
        f"CREATE TRIGGER audit_is_append_only BEFORE UPDATE OR DELETE ON {TABLE} "
        "FOR EACH ROW EXECUTE FUNCTION pomona_audit_is_append_only()",
        f"CREATE TRIGGER audit_is_never_emptied BEFORE TRUNCATE ON {TABLE} "
        "FOR EACH STATEMENT EXECUTE FUNCTION pomona_audit_is_append_only()",
    ],
    "sqlite": [
        f"CREATE TRIGGER audit_is_append_only BEFORE UPDATE ON {TABLE} "
        f"WHEN NOT (OLD.number IS NULL AND NEW.number IS NOT NULL AND {_SQLITE_SAME}) "
        f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END",
        f"CREATE TRIGGER audit_is_never_emptied BEFORE DELETE ON {TABLE} "
        f"WHEN OLD.number IS NULL OR OLD.number > (SELECT purged_number FROM {HEAD} WHERE id = 1) "
        f"OR NOT EXISTS (SELECT 1 FROM {HEAD}) "
        f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END",
    ],
}
OFF = {
    "postgresql": [
        f"DROP TRIGGER IF EXISTS audit_is_append_only ON {TABLE}",
        f"DROP TRIGGER IF EXISTS audit_is_never_emptied ON {TABLE}",
        "DROP FUNCTION IF EXISTS pomona_audit_is_append_only()",
    ],
    "sqlite": ["DROP TRIGGER IF EXISTS audit_is_append_only", "DROP TRIGGER IF EXISTS audit_is_never_emptied"],
}


def guard(apps, schema_editor):
    for statement in GUARDS[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


def unguard(apps, schema_editor):
    for statement in OFF[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


class Migration(migrations.Migration):

    dependencies = [
        ('enrollment', '0008_people_keys_and_answers'),
    ]

    operations = [
        migrations.CreateModel(
            name='AuditHead',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.BigIntegerField(default=0, help_text='Of the last entry that was sealed.')),
                ('chain_hash', models.CharField(blank=True, max_length=64)),
                ('purged_number', models.BigIntegerField(default=0, help_text='Entries up to this one may be deleted.')),
                ('purged_hash', models.CharField(blank=True, max_length=64)),
                ('unmarked_until', models.BigIntegerField(default=0)),
                ('mark', models.CharField(blank=True, max_length=64)),
            ],
        ),
        migrations.AlterModelOptions(
            name='auditentry',
            options={'base_manager_name': 'objects', 'ordering': ['-pk']},
        ),
        migrations.RemoveIndex(
            model_name='auditentry',
            name='audit_of_a_token',
        ),
        migrations.AddField(
            model_name='auditentry',
            name='chain_hash',
            field=models.CharField(blank=True, max_length=64),
        ),
        migrations.AddField(
            model_name='auditentry',
            name='key_name',
            field=models.CharField(blank=True, help_text='Of the API key it was done with.', max_length=120),
        ),
        migrations.AddField(
            model_name='auditentry',
            name='mark',
            field=models.CharField(blank=True, max_length=64),
        ),
        migrations.AddField(
            model_name='auditentry',
            name='number',
            field=models.BigIntegerField(blank=True, null=True, unique=True),
        ),
        migrations.AddField(
            model_name='installation',
            name='sealed_audit_key',
            field=models.BinaryField(default=bytes),
        ),
        migrations.AlterField(
            model_name='auditentry',
            name='action',
            field=models.CharField(max_length=60),
        ),
        migrations.AlterField(
            model_name='auditentry',
            name='at',
            field=models.DateTimeField(db_index=True, default=django.utils.timezone.now),
        ),
        migrations.AlterField(
            model_name='auditentry',
            name='person',
            field=models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AlterField(
            model_name='auditentry',
            name='result',
            field=models.CharField(choices=[('done', 'Done'), ('refused', 'Refused')], default='done', max_length=20),
        ),
        migrations.AlterField(
            model_name='auditentry',
            name='token',
            field=models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='enrollment.token'),
        ),
        migrations.AddIndex(
            model_name='auditentry',
            index=models.Index(fields=['person', '-id'], name='audit_of_a_person'),
        ),
        migrations.AddIndex(
            model_name='auditentry',
            index=models.Index(fields=['action', '-id'], name='audit_of_an_action'),
        ),
        migrations.AddIndex(
            model_name='auditentry',
            index=models.Index(fields=['object_type', 'object_id', '-id'], name='audit_of_an_object'),
        ),
        migrations.AddIndex(
            model_name='auditentry',
            index=models.Index(fields=['token', '-id'], name='audit_of_a_token'),
        ),
        migrations.AddIndex(
            model_name='auditentry',
            index=models.Index(fields=['result', '-id'], name='audit_of_a_result'),
        ),
        migrations.AddIndex(
            model_name='auditentry',
            index=models.Index(condition=models.Q(('number', None)), fields=['id'], name='audit_to_be_sealed'),
        ),
        migrations.AddConstraint(
            model_name='audithead',
            constraint=models.CheckConstraint(condition=models.Q(('pk', 1)), name='there_is_one_audit_head'),
        ),
        migrations.RunPython(guard, unguard),
    ]
