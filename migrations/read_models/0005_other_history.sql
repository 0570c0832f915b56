-- Which history a checkpoint belongs to: beside the position stands the content hash of the event there. A log that
-- was restored and has grown again holds another event at that position, and a read model that went on from it would
-- hold rows of two histories (case 32). Run as es_owner.
ALTER TABLE es_ops.projection_part
  ADD COLUMN applied_hash bytea CHECK (octet_length(applied_hash) = 32); -- NULL: not known, learned by the next owner
ALTER TABLE es_ops.rebuild
  ADD COLUMN target_hash bytea CHECK (octet_length(target_hash) = 32);   -- of the event at `target` when it began

-- Last statement of every projection transaction; raises ES010 unless every part is still ours and still where we
-- left it. `p_hashes` names the event each part stands at from now on.
CREATE FUNCTION es_ops.advance(p_name text, p_generation integer, p_log smallint, p_owner uuid,
  p_parts smallint[], p_epochs bigint[], p_from bigint[], p_to bigint[], p_ttl interval, p_hashes bytea[]) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  ours integer;
BEGIN
  UPDATE es_ops.projection_part AS t
     SET position = x.to_position, lease_until = clock_timestamp() + p_ttl,
         applied_hash = CASE WHEN x.to_position = t.position THEN t.applied_hash ELSE x.hash END
    FROM unnest(p_parts, p_epochs, p_from, p_to, p_hashes) AS x (part, epoch, from_position, to_position, hash)
   WHERE t.name = p_name AND t.generation = p_generation AND t.log_id = p_log AND t.part = x.part
     AND t.lease_owner = p_owner AND t.lease_epoch = x.epoch
     AND t.position = x.from_position AND x.to_position >= x.from_position;
  GET DIAGNOSTICS ours = ROW_COUNT;
  IF ours <> cardinality(p_parts) THEN
    RAISE EXCEPTION 'fenced: % of % parts still ours', ours, cardinality(p_parts) USING ERRCODE = 'ES010';
  END IF;
END $$;

-- As before, for programs that do not name the event.
CREATE OR REPLACE FUNCTION es_ops.advance(p_name text, p_generation integer, p_log smallint, p_owner uuid,
  p_parts smallint[], p_epochs bigint[], p_from bigint[], p_to bigint[], p_ttl interval) RETURNS void
LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $$
  SELECT es_ops.advance(p_name, p_generation, p_log, p_owner, p_parts, p_epochs, p_from, p_to, p_ttl,
                        array_fill(NULL::bytea, ARRAY[cardinality(p_parts)]))
$$;

-- As before; the checkpoint knows its event.
CREATE OR REPLACE FUNCTION es_ops.finish_rebuild(p_name text, p_generation integer, p_log smallint) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  this es_ops.rebuild;
  statement text;
  missing bigint;
BEGIN
  SELECT * INTO STRICT this FROM es_ops.rebuild WHERE name = p_name AND generation = p_generation AND log_id = p_log FOR UPDATE;
  SELECT this.parts - count(*) INTO missing
    FROM es_ops.rebuild_part WHERE name = p_name AND generation = p_generation AND log_id = p_log;
  IF missing > 0 THEN
    RAISE EXCEPTION '% parts of % are still missing', missing, this.parts USING ERRCODE = 'ES003';
  END IF;
  FOREACH statement IN ARRAY this.laid_aside LOOP
    EXECUTE statement;
  END LOOP;
  FOR statement IN
    SELECT format('ANALYZE %I.%I', n.nspname, c.relname) FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
     WHERE n.nspname = format('rm_%s_%s', p_name, p_generation) AND c.relkind = 'r'
  LOOP
    EXECUTE statement;
  END LOOP;
  INSERT INTO es_ops.projection_part (name, generation, log_id, part, position, applied_hash)
  VALUES (p_name, p_generation, p_log, 0, this.target, this.target_hash);
  UPDATE es_ops.projection SET filled_at = clock_timestamp() WHERE name = p_name AND generation = p_generation;
END $$;

REVOKE ALL ON FUNCTION es_ops.advance(text, integer, smallint, uuid, smallint[], bigint[], bigint[], bigint[], interval, bytea[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION es_ops.advance(text, integer, smallint, uuid, smallint[], bigint[], bigint[], bigint[], interval, bytea[]) TO es_project;
