-- Writes down, in a setting of the session, which objects commands make, alter and drop: catalog and object id
-- of each. A setting is rolled back with what it tells of.
-- No revision can make or meet a schema of such a name, and no reading shows it. ENABLE ALWAYS: a revision may
-- set session_replication_role.
SET allow_system_table_mods = on;
CREATE SCHEMA IF NOT EXISTS pg_enact;
RESET allow_system_table_mods;
CREATE OR REPLACE FUNCTION pg_enact.touched() RETURNS event_trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    seen text;
BEGIN
    IF tg_event = 'sql_drop' THEN
        -- A domain that lost a constraint with what the constraint needs is not dropped itself.
        SELECT string_agg(CASE object_type
                   WHEN 'domain constraint' THEN ' ' || 'pg_type'::regclass::oid || ':' || to_regtype(address_names[1])::oid
                   ELSE ' ' || classid || ':' || objid END, '')
          INTO seen
          FROM pg_event_trigger_dropped_objects()
         WHERE NOT is_temporary;
    ELSE
        SELECT string_agg(' ' || classid || ':' || objid, '')
          INTO seen
          FROM pg_event_trigger_ddl_commands()
         WHERE classid IS NOT NULL;
    END IF;
    -- These do not tell of what they gave rights on.
    IF tg_tag IN ('GRANT', 'REVOKE', 'ALTER DEFAULT PRIVILEGES', 'REASSIGN OWNED', 'DROP OWNED') THEN
        seen := coalesce(seen, '') || ' 0:0';
    END IF;
    IF seen IS NOT NULL THEN
        PERFORM set_config('enact.touched', current_setting('enact.touched', true) || seen, false);
    END IF;
END
$$;
DROP EVENT TRIGGER IF EXISTS enact_touched;
DROP EVENT TRIGGER IF EXISTS enact_dropped;
CREATE EVENT TRIGGER enact_touched ON ddl_command_end EXECUTE FUNCTION pg_enact.touched();
CREATE EVENT TRIGGER enact_dropped ON sql_drop EXECUTE FUNCTION pg_enact.touched();
ALTER EVENT TRIGGER enact_touched ENABLE ALWAYS;
ALTER EVENT TRIGGER enact_dropped ENABLE ALWAYS;
