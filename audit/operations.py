"""Migration operations: put the audit trigger on a table, make a table append-only, and mark who wrote to a table.

`Track("organization_orgunit")` in a migration is all an app does to have its rows recorded; a write outside an audit
event is then refused by the database. Columns that must not stand in the log (password hashes) are named in `without`.
"""

from __future__ import annotations

from django.db.migrations.operations import RunSQL

APP_ROLE = "smo_app"
"""The database role the portal runs as; migrations run as the owner of the tables (TRUST §0.9)."""


class Track(RunSQL):
    """Record every insert, update and delete of the table."""

    def __init__(self, table: str, *, without: tuple[str, ...] = ()) -> None:
        names = ", ".join(f"'{name}'" for name in without)
        super().__init__(
            sql=(
                f'CREATE TRIGGER audit_track AFTER INSERT OR UPDATE OR DELETE ON "{table}" '
                f"FOR EACH ROW EXECUTE FUNCTION audit_record_change({names})"
            ),
            reverse_sql=f'DROP TRIGGER IF EXISTS audit_track ON "{table}"',
        )
        self.table = table
        self.without = without

    def deconstruct(self) -> tuple[str, list[object], dict[str, object]]:
        return self.__class__.__name__, [self.table], {"without": self.without}


class AppendOnly(RunSQL):
    """Allow no delete, and no update but of the named columns, each once from null (facts: superseded_at)."""

    def __init__(self, table: str, *, once: tuple[str, ...] = ()) -> None:
        names = ", ".join(f"'{name}'" for name in once)
        columns = ", ".join(f'"{name}"' for name in once)
        grant = f'GRANT UPDATE ({columns}) ON "{table}" TO {APP_ROLE};' if once else ""
        super().__init__(
            sql=(
                f'CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE ON "{table}" '
                f"FOR EACH ROW EXECUTE FUNCTION audit_refuse_change({names});"
                f"DO $do$ BEGIN IF EXISTS (SELECT 1 FROM pg_roles WHERE rolname = '{APP_ROLE}') THEN "
                f'REVOKE UPDATE, DELETE, TRUNCATE ON "{table}" FROM {APP_ROLE}; {grant} END IF; END $do$'
            ),
            reverse_sql=f'DROP TRIGGER IF EXISTS audit_append_only ON "{table}"',
        )
        self.table = table
        self.once = once

    def deconstruct(self) -> tuple[str, list[object], dict[str, object]]:
        return self.__class__.__name__, [self.table], {"once": self.once}


class Marked(RunSQL):
    """Whoever writes to one of the tables leaves a mark (audit.queries.stamp), once in a transaction."""

    def __init__(self, *tables: str) -> None:
        super().__init__(
            sql=[
                f'CREATE TRIGGER audit_mark AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON "{table}" '
                f"FOR EACH STATEMENT EXECUTE FUNCTION audit_mark_writing()"
                for table in tables
            ],
            reverse_sql=[f'DROP TRIGGER IF EXISTS audit_mark ON "{table}"' for table in tables],
        )
        self.tables = tables

    def deconstruct(self) -> tuple[str, list[object], dict[str, object]]:
        return self.__class__.__name__, [*self.tables], {}


class SupersedeOnce(RunSQL):
    """The same promise for a table of facts that is append-only already, `superseded_at` its one column to be set, once.

    Its function compares rows as they are stored and not as JSON, which takes a tenth of the time for each row.
    """

    def __init__(self, table: str) -> None:
        trigger = (
            f'CREATE OR REPLACE TRIGGER audit_append_only BEFORE UPDATE OR DELETE ON "{table}" FOR EACH ROW EXECUTE '
        )
        super().__init__(
            sql=f"{trigger} FUNCTION audit_supersede_once()",
            reverse_sql=f"{trigger} FUNCTION audit_refuse_change('superseded_at')",
        )
        self.table = table

    def deconstruct(self) -> tuple[str, list[object], dict[str, object]]:
        return self.__class__.__name__, [self.table], {}
