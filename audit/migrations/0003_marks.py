from django.db import migrations

# A row for every transaction that wrote to a marked table; tidied away after a while (jobs.actions.tidying).
TABLE = "CREATE TABLE audit_mark (xid bigint PRIMARY KEY, at timestamptz NOT NULL DEFAULT now())"
FUNCTION = r"""
CREATE FUNCTION audit_mark_writing() RETURNS trigger LANGUAGE plpgsql AS $fn$
BEGIN
  INSERT INTO audit_mark (xid) VALUES (pg_current_xact_id()::text::bigint) ON CONFLICT DO NOTHING;
  RETURN NULL;
END $fn$
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0002_triggers")]
    operations = [
        migrations.RunSQL(TABLE, "DROP TABLE audit_mark"),
        migrations.RunSQL(FUNCTION, "DROP FUNCTION audit_mark_writing()"),
    ]
