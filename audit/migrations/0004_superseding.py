from django.db import migrations

FUNCTION = r"""
CREATE FUNCTION audit_supersede_once() RETURNS trigger LANGUAGE plpgsql AS $fn$
DECLARE
  moment timestamptz;
BEGIN
  IF TG_OP = 'UPDATE' AND OLD.superseded_at IS NULL THEN
    moment := NEW.superseded_at;
    NEW.superseded_at := NULL;
    IF NEW *= OLD THEN
      NEW.superseded_at := moment;
      RETURN NEW;
    END IF;
  END IF;
  RAISE EXCEPTION 'rows of % are never changed or deleted', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END $fn$;
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0003_marks")]
    operations = [migrations.RunSQL(FUNCTION, "DROP FUNCTION IF EXISTS audit_supersede_once()")]
