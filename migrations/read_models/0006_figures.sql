-- Two indexes over the current versions of sales, in every generation there is and in those to come. They are no part
-- of a generation's shape: nothing is rebuilt, and a program of the release before reads and writes as it did.

-- Totals of pipeline and forecast from the index alone: a version is a wide row, and its figures are a tenth of it.
-- sale_id: the planner wants it for the activities it leaves out in the end. Somebody's diary: their sales only.
CREATE FUNCTION es_ops.index_figures(p_schema text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF to_regclass(format('%I.sale_version', p_schema)) IS NULL THEN
    RETURN;
  END IF;
  EXECUTE format('CREATE INDEX IF NOT EXISTS sale_current_figures ON %I.sale_version (tenant_id, sale_date)
    INCLUDE (status, currency, amount_minor, weighted_minor, stage_id, sale_type_id, owner, owner_group, source, category, sale_id)
    WHERE next_position = 9223372036854775807', p_schema);
  EXECUTE format('CREATE INDEX IF NOT EXISTS sale_current_of_owner ON %I.sale_version (tenant_id, owner)
    WHERE next_position = 9223372036854775807', p_schema);
END $$;
REVOKE ALL ON FUNCTION es_ops.index_figures(text) FROM PUBLIC;

-- A generation whose rebuild is under way has laid its indexes aside: it gets these with the others.
SELECT es_ops.index_figures(format('rm_%s_%s', name, generation)) FROM es_ops.projection WHERE filled_at IS NOT NULL;
UPDATE es_ops.rebuild AS r
   SET laid_aside = r.laid_aside || format('SELECT es_ops.index_figures(%L)', format('rm_%s_%s', r.name, r.generation))
  FROM es_ops.projection AS p
 WHERE p.name = r.name AND p.generation = r.generation AND p.filled_at IS NULL;
