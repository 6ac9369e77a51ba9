from django.db import migrations

# An adopted version is never edited: it may only be superseded, once, and says until when it held (DATAMODEL A4).
FREEZE = """
CREATE FUNCTION strategy_version_stays() RETURNS trigger LANGUAGE plpgsql AS $fn$
BEGIN
  IF OLD.state NOT IN ('adopted', 'superseded') THEN
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
  END IF;
  IF TG_OP = 'UPDATE' AND OLD.state = 'adopted' AND NEW.state = 'superseded' AND NEW.effective_until IS NOT NULL
     AND to_jsonb(NEW) - '{state,effective_until,row_version}'::text[]
       = to_jsonb(OLD) - '{state,effective_until,row_version}'::text[] THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'version % of strategy % is adopted and is never changed or deleted', OLD.number, OLD.strategy_id
    USING ERRCODE = 'integrity_constraint_violation';
END $fn$;
CREATE TRIGGER strategy_version_stays BEFORE UPDATE OR DELETE ON strategy_strategyversion
  FOR EACH ROW EXECUTE FUNCTION strategy_version_stays();
"""
THAW = """
DROP TRIGGER strategy_version_stays ON strategy_strategyversion;
DROP FUNCTION strategy_version_stays();
"""


class Migration(migrations.Migration):
    dependencies = [("strategy", "0003_private_drafts")]
    operations = [migrations.RunSQL(FREEZE, THAW)]
