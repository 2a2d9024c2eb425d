"""Tests without a transaction leave rows behind; the next one starts with none, but what every database begins with.

Django truncates all tables, most of which are empty: on PostgreSQL that takes a fifth of a second.
"""

from django.apps import apps
from django.db import connection, transaction

from enrollment.models.audit_head import begin_the_chain
from enrollment.models.role import write_built_in_roles
from tests.audit_guard import unguarded

# Written when a database is made, and by no test; what ours begins with is written anew.
KEPT = {"django_content_type", "auth_permission", "django_migrations"}


def empty_all_tables() -> None:
    """Inside one transaction, at whose end the database looks whether anything still points to what is gone."""
    with unguarded(), transaction.atomic(), connection.cursor() as cursor:
        for table in connection.introspection.django_table_names(only_existing=True, include_views=False):
            cursor.execute(f'SELECT 1 FROM "{table}" LIMIT 1')
            if table not in KEPT and cursor.fetchone():
                cursor.execute(f'DELETE FROM "{table}"')
    for begin in (write_built_in_roles, begin_the_chain):
        begin(sender=apps.get_app_config("enrollment"), using="default")
