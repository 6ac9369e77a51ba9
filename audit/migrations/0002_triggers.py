from django.db import migrations

from audit.operations import AppendOnly

FUNCTIONS = r"""
CREATE FUNCTION audit_record_change() RETURNS trigger LANGUAGE plpgsql AS $fn$
DECLARE
  event bigint := nullif(current_setting('smo.event', true), '')::bigint;
  old_row jsonb := CASE WHEN TG_OP <> 'INSERT' THEN to_jsonb(OLD) - coalesce(TG_ARGV[0:], '{}'::text[]) END;
  new_row jsonb := CASE WHEN TG_OP <> 'DELETE' THEN to_jsonb(NEW) - coalesce(TG_ARGV[0:], '{}'::text[]) END;
  before jsonb := old_row;
  after jsonb := new_row;
BEGIN
  IF TG_OP = 'UPDATE' THEN
    SELECT jsonb_object_agg(n.key, old_row -> n.key), jsonb_object_agg(n.key, n.value) INTO before, after
      FROM jsonb_each(new_row) n WHERE n.value IS DISTINCT FROM old_row -> n.key;
    IF after IS NULL THEN
      RETURN NULL;
    END IF;
  END IF;
  IF event IS NULL THEN
    RAISE EXCEPTION 'table % was written outside an audit event', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  INSERT INTO audit_change (event_id, "table", pk_value, operation, before, after)
  VALUES (event, TG_TABLE_NAME, coalesce(new_row, old_row) ->> 'id', lower(TG_OP), before, after);
  RETURN NULL;
END $fn$;

CREATE FUNCTION audit_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $fn$
DECLARE
  once text[] := coalesce(TG_ARGV[0:], '{}'::text[]);
  col text;
BEGIN
  IF TG_OP = 'UPDATE' AND array_length(once, 1) IS NOT NULL AND to_jsonb(NEW) - once = to_jsonb(OLD) - once THEN
    FOREACH col IN ARRAY once LOOP
      IF to_jsonb(OLD) ->> col IS NOT NULL AND to_jsonb(OLD) ->> col IS DISTINCT FROM to_jsonb(NEW) ->> col THEN
        RAISE EXCEPTION '% of % may be set once', col, TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
      END IF;
    END LOOP;
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'rows of % are never changed or deleted', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END $fn$;
"""

DROP = "DROP FUNCTION IF EXISTS audit_record_change(); DROP FUNCTION IF EXISTS audit_refuse_change();"


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]
    operations = [
        migrations.RunSQL(FUNCTIONS, DROP),
        AppendOnly("audit_event"),
        AppendOnly("audit_change"),
    ]
