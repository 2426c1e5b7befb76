"""What Foz puts into a PostgreSQL database so that it tells of its changes, as SQL that a person can read and run.

A trigger on each table says `change XID OID NAME` on the channel `foz_watch`, once a transaction and table: PostgreSQL folds
equal notifications. It is a trigger for statements, which costs the same for one row and for a million, and fires for COPY and
TRUNCATE too; such triggers fire on the table that the statement names alone, so each partition has its own. ENABLE ALWAYS: also
where `session_replication_role` is `replica`.

Two event triggers say `schema XID` after DDL, and put the trigger on tables that are created later. Only a superuser may make
them; without them a schema change is noticed when the listener looks the next time.
"""

from __future__ import annotations

from collections.abc import Sequence

CHANNEL = "foz_watch"
SCHEMA = "foz_watch"
TRIGGER = "foz_watch"

EVERY_EVENT = 60
"""`pg_trigger.tgtype` of AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE … FOR EACH STATEMENT."""

_ATTACH = "AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON {0} FOR EACH STATEMENT EXECUTE FUNCTION foz_watch.changed()"

_BODY = """
BEGIN
  PERFORM pg_catalog.pg_notify('foz_watch', pg_catalog.format(
    'change %s %s %I.%I', pg_catalog.pg_current_xact_id(), TG_RELID, TG_TABLE_SCHEMA, TG_TABLE_NAME));
  RETURN NULL;
END """

_ALTERED = f"""
CREATE OR REPLACE FUNCTION foz_watch.altered() RETURNS event_trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  made record;
BEGIN
  IF TG_EVENT = 'sql_drop' THEN
    IF NOT EXISTS (SELECT FROM pg_event_trigger_dropped_objects() d WHERE NOT d.is_temporary) THEN
      RETURN;
    END IF;
  ELSE
    IF NOT EXISTS (
      SELECT FROM pg_event_trigger_ddl_commands() c
      WHERE c.schema_name IS DISTINCT FROM 'pg_temp'
        AND c.command_tag NOT IN ('CREATE INDEX', 'ALTER INDEX', 'COMMENT', 'CREATE STATISTICS', 'REFRESH MATERIALIZED VIEW')
    ) THEN
      RETURN;
    END IF;
    FOR made IN
      SELECT DISTINCT c.objid::regclass AS place FROM pg_event_trigger_ddl_commands() c JOIN pg_class r ON r.oid = c.objid
      WHERE c.classid = 'pg_class'::regclass AND c.command_tag IN ('CREATE TABLE', 'CREATE TABLE AS', 'SELECT INTO')
        AND r.relkind IN ('r', 'p') AND r.relpersistence <> 't' AND NOT c.in_extension
        AND NOT EXISTS (SELECT FROM pg_trigger t WHERE t.tgrelid = r.oid AND t.tgname = '{TRIGGER}')
    LOOP
      BEGIN
        EXECUTE format('CREATE TRIGGER {TRIGGER} {_ATTACH.format("%s")}', made.place);
        EXECUTE format('ALTER TABLE ONLY %s ENABLE ALWAYS TRIGGER {TRIGGER}', made.place);
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'foz_watch: changes of % will not be told: %', made.place, SQLERRM;
      END;
    END LOOP;
  END IF;
  PERFORM pg_notify('foz_watch', format('schema %s', pg_current_xact_id()));
END $$
"""

FUNCTION = (
    "CREATE SCHEMA IF NOT EXISTS foz_watch",
    f"CREATE OR REPLACE FUNCTION foz_watch.changed() RETURNS trigger LANGUAGE plpgsql AS $${_BODY}$$",
    "ALTER FUNCTION foz_watch.changed() OWNER TO CURRENT_USER",
)

FUNCTION_THERE = f"""
SELECT EXISTS (
  SELECT FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace JOIN pg_roles r ON r.oid = p.proowner
  WHERE n.nspname = '{SCHEMA}' AND p.proname = 'changed' AND p.prosrc = $body${_BODY}$body$
    AND (r.rolsuper OR r.rolname = current_user)) AS there
"""
"""Whoever owns the function decides what runs in every transaction that writes: another role's is not taken for ours."""

EVENT_TRIGGERS = (
    _ALTERED.strip(),
    "DROP EVENT TRIGGER IF EXISTS foz_watch_altered",
    "CREATE EVENT TRIGGER foz_watch_altered ON ddl_command_end EXECUTE FUNCTION foz_watch.altered()",
    "ALTER EVENT TRIGGER foz_watch_altered ENABLE ALWAYS",
    "DROP EVENT TRIGGER IF EXISTS foz_watch_dropped",
    "CREATE EVENT TRIGGER foz_watch_dropped ON sql_drop EXECUTE FUNCTION foz_watch.altered()",
    "ALTER EVENT TRIGGER foz_watch_dropped ENABLE ALWAYS",
)

REMOVE = ("DROP SCHEMA IF EXISTS foz_watch CASCADE",)
"""The triggers go with their functions."""

INSTALLED = f"SELECT EXISTS (SELECT FROM pg_namespace n WHERE n.nspname = '{SCHEMA}')"

EVENTS = f"""
SELECT count(*) = 2 AS there FROM pg_event_trigger e JOIN pg_proc p ON p.oid = e.evtfoid
JOIN pg_namespace n ON n.oid = p.pronamespace
WHERE n.nspname = '{SCHEMA}' AND p.proname = 'altered' AND e.evtenabled = 'A' AND e.evttags IS NULL
  AND e.evtevent IN ('ddl_command_end', 'sql_drop')
"""


def attach(schema: str, name: str) -> Sequence[str]:
    """The statements that put the trigger on a table, whatever was there under its name."""
    table = f"{_quoted(schema)}.{_quoted(name)}"
    return (
        f"CREATE OR REPLACE TRIGGER {TRIGGER} {_ATTACH.format(table)}",
        f"ALTER TABLE ONLY {table} ENABLE ALWAYS TRIGGER {TRIGGER}",
    )


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
