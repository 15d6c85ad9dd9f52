-- Writes down, in a setting of the session, what event triggers see. A setting leaves no row, and
-- a temporary function leaves no object.
CREATE OR REPLACE FUNCTION pg_temp.enact_watch() RETURNS event_trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    seen text := '';
BEGIN
    IF tg_event = 'table_rewrite' THEN
        seen := jsonb_build_object('rewrite', pg_event_trigger_table_rewrite_oid())::text || E'\n';
    ELSIF tg_event = 'sql_drop' THEN
        SELECT coalesce(string_agg(jsonb_build_object('drop', jsonb_build_object(
                   'kind', object_type, 'name', object_identity))::text || E'\n', ''), '')
          INTO seen
          FROM pg_event_trigger_dropped_objects()
         WHERE (original OR normal)
           AND object_type NOT IN ('toast table', 'default value')
           AND object_identity NOT LIKE '%RI_ConstraintTrigger_%';
    ELSE
        SELECT coalesce(string_agg(jsonb_build_object('command', jsonb_build_object(
                   'tag', command_tag, 'class', classid, 'object', objid,
                   'kind', object_type, 'name', object_identity))::text || E'\n', ''), '')
          INTO seen
          FROM pg_event_trigger_ddl_commands()
         WHERE NOT in_extension;
    END IF;
    PERFORM set_config('enact.seen', current_setting('enact.seen', true) || seen, false);
END
$$;
