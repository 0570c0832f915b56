-- An index over the current versions of sales, in every generation there is and in those to come. It is no part of a
-- generation's shape: nothing is rebuilt, and a program of the release before reads and writes as it did.

-- Somebody's diary reads their sales only. An index that also carried the figures for totals was twice as fast there and
-- was left out: with names of groups and categories in it, a row of long names fits no index page and would stop the
-- read model for everybody.
CREATE FUNCTION es_ops.index_of_owner(p_schema text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF to_regclass(format('%I.sale_version', p_schema)) IS NULL THEN
    RETURN;
  END IF;
  EXECUTE format('CREATE INDEX IF NOT EXISTS sale_current_of_owner ON %I.sale_version (tenant_id, owner)
    WHERE next_position = 9223372036854775807', p_schema);
END $$;
REVOKE ALL ON FUNCTION es_ops.index_of_owner(text) FROM PUBLIC;

-- Also of a generation whose rebuild is under way: it is filled beside this index.
SELECT es_ops.index_of_owner(format('rm_%s_%s', name, generation)) FROM es_ops.projection;
