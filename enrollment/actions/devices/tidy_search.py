from django.db import connection

_INDEXES = ("device_search_serial", "device_search_asset_tag")


def tidy_search() -> int:
    """Work what a sync brought into PostgreSQL's search indexes; how many pages that were. Elsewhere there is nothing.

    Until then the planner walks the whole table: autovacuum would do it some time later.
    """
    if connection.vendor != "postgresql":
        return 0
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {' + '.join('gin_clean_pending_list(%s::regclass)' for _name in _INDEXES)}", _INDEXES)
        return int(cursor.fetchone()[0])
