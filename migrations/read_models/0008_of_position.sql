-- An index that finds what changed since a position, in every generation there is and in those to come. Like the one by
-- owner it is no part of a generation's shape: nothing is rebuilt for it, and a program of the release before reads and
-- writes as it did.

-- A new version goes to its right end, so it costs the lane little; an ended one leaves it.
CREATE FUNCTION es_ops.index_of_position(p_schema text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  versions text;
BEGIN
  FOREACH versions IN ARRAY ARRAY['sale', 'activity'] LOOP
    IF to_regclass(format('%I.%I', p_schema, versions || '_version')) IS NOT NULL THEN
      EXECUTE format('CREATE INDEX IF NOT EXISTS %I ON %I.%I (tenant_id, position)
        WHERE next_position = 9223372036854775807', versions || '_current_since', p_schema, versions || '_version');
    END IF;
  END LOOP;
END $$;
REVOKE ALL ON FUNCTION es_ops.index_of_position(text) FROM PUBLIC;

-- Also of a generation whose rebuild is under way: it is filled beside this index.
SELECT es_ops.index_of_position(format('rm_%s_%s', name, generation)) FROM es_ops.projection;
