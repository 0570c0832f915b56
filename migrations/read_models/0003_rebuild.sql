-- Rebuilding a read model beside the live one: what a generation has gone through, how far its rebuild is, and the
-- comparison of two generations. Run as es_owner.

ALTER TABLE es_ops.projection
  ADD COLUMN filled_at  timestamptz,              -- its rows reach its checkpoint: from here on a lane follows it
  ADD COLUMN live_at    timestamptz,              -- when it last began to answer questions
  ADD COLUMN retired_at timestamptz;              -- when it last ceased to
UPDATE es_ops.projection SET filled_at = created_at, live_at = CASE WHEN state = 'live' THEN created_at END;
ALTER TABLE es_ops.projection DROP CONSTRAINT projection_state_check;
ALTER TABLE es_ops.projection ADD CONSTRAINT projection_state_check
  CHECK (state IN ('building', 'live', 'retired', 'dropping'));

-- A rebuild under way, or what it was. Its rows hold every event up to `target`, a position fixed when it began.
CREATE TABLE es_ops.rebuild (
  name       text        NOT NULL,
  generation integer     NOT NULL,
  log_id     smallint    NOT NULL CHECK (log_id > 0),
  target     bigint      NOT NULL CHECK (target >= 0),
  parts      integer     NOT NULL CHECK (parts BETWEEN 1 AND 65536), -- equal ranges of stream ids
  laid_aside text[]      NOT NULL,                -- statements that give the tables their indexes and guards back
  started_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (name, generation, log_id),
  FOREIGN KEY (name, generation) REFERENCES es_ops.projection ON DELETE CASCADE
);

-- A part whose rows are in the tables; written in the transaction that copied them.
CREATE TABLE es_ops.rebuild_part (
  name       text        NOT NULL,
  generation integer     NOT NULL,
  log_id     smallint    NOT NULL,
  part       integer     NOT NULL,
  events     bigint      NOT NULL,
  row_count  bigint      NOT NULL,
  done_at    timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (name, generation, log_id, part),
  FOREIGN KEY (name, generation, log_id) REFERENCES es_ops.rebuild ON DELETE CASCADE
);

-- As the older one, with the policy for poison. A live generation begins empty at position 0 and is followed at
-- once; a building one when its rebuild is done.
CREATE FUNCTION es_ops.begin_generation(p_name text, p_generation integer, p_state text, p_code_hash text, p_on_poison text) RETURNS text
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  generation_schema text := es_ops.begin_generation(p_name, p_generation, p_state, p_code_hash);
BEGIN
  UPDATE es_ops.projection
     SET on_poison = p_on_poison,
         filled_at = CASE WHEN p_state = 'live' THEN now() END, live_at = CASE WHEN p_state = 'live' THEN now() END
   WHERE name = p_name AND generation = p_generation;
  RETURN generation_schema;
END $$;

-- Lets the operator, who is es_owner, read a generation whose tables force row-level security on their owner too.
CREATE FUNCTION es_ops.open_to_operator(p_schema text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  guarded text;
BEGIN
  FOR guarded IN
    SELECT format('%I.%I', n.nspname, c.relname) FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
     WHERE n.nspname = p_schema AND c.relforcerowsecurity
       AND NOT EXISTS (SELECT FROM pg_policy AS p WHERE p.polrelid = c.oid AND p.polname = 'of_the_operator')
  LOOP
    EXECUTE format('CREATE POLICY of_the_operator ON %s FOR SELECT TO es_owner USING (true)', guarded);
  END LOOP;
END $$;
SELECT es_ops.open_to_operator(format('rm_%s_%s', name, generation)) FROM es_ops.projection;

-- Begins the rebuild of an empty generation: takes its secondary indexes off, which are cheaper made after the fill,
-- and lets its owner write, since COPY does not run under row-level security. Other roles stay under it.
CREATE FUNCTION es_ops.begin_rebuild(p_name text, p_generation integer, p_log smallint, p_target bigint, p_parts integer) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  generation_schema text := format('rm_%s_%s', p_name, p_generation);
  laid_aside text[] := '{}';
  thing record;
BEGIN
  FOR thing IN
    SELECT c.relname, pg_get_indexdef(c.oid) AS definition
      FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indexrelid JOIN pg_namespace AS n ON n.oid = c.relnamespace
     WHERE n.nspname = generation_schema AND NOT EXISTS (SELECT FROM pg_constraint AS k WHERE k.conindid = c.oid)
     ORDER BY c.relname
  LOOP
    laid_aside := laid_aside || thing.definition;
    EXECUTE format('DROP INDEX %I.%I', generation_schema, thing.relname);
  END LOOP;
  FOR thing IN
    SELECT c.relname FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
     WHERE n.nspname = generation_schema AND c.relforcerowsecurity ORDER BY c.relname
  LOOP
    laid_aside := laid_aside || format('ALTER TABLE %I.%I FORCE ROW LEVEL SECURITY', generation_schema, thing.relname);
    EXECUTE format('ALTER TABLE %I.%I NO FORCE ROW LEVEL SECURITY', generation_schema, thing.relname);
  END LOOP;
  INSERT INTO es_ops.rebuild (name, generation, log_id, target, parts, laid_aside)
  VALUES (p_name, p_generation, p_log, p_target, p_parts, laid_aside);
END $$;

-- Ends it when every part is there: indexes, guards, statistics, the checkpoint; from the commit on a lane follows it.
CREATE FUNCTION es_ops.finish_rebuild(p_name text, p_generation integer, p_log smallint) RETURNS void
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
  INSERT INTO es_ops.projection_part (name, generation, log_id, part, position)
  VALUES (p_name, p_generation, p_log, 0, this.target);
  UPDATE es_ops.projection SET filled_at = clock_timestamp() WHERE name = p_name AND generation = p_generation;
END $$;

-- As before; nobody takes a lease on a generation that is about to go.
CREATE OR REPLACE FUNCTION es_ops.claim(p_name text, p_generation integer, p_log smallint, p_owner uuid, p_parts smallint[], p_ttl interval)
RETURNS TABLE (part smallint, "position" bigint, epoch bigint)
LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $$
  INSERT INTO es_ops.projection_part (name, generation, log_id, part)
  SELECT p.name, p.generation, p_log, missing FROM es_ops.projection AS p, unnest(p_parts) AS missing
   WHERE p.name = p_name AND p.generation = p_generation AND p.state <> 'dropping'
  ON CONFLICT DO NOTHING;
  UPDATE es_ops.projection_part AS p
     SET lease_epoch = CASE WHEN p.lease_owner = p_owner AND p.lease_until > clock_timestamp() THEN p.lease_epoch ELSE p.lease_epoch + 1 END,
         lease_owner = p_owner, lease_until = clock_timestamp() + p_ttl
   WHERE p.name = p_name AND p.generation = p_generation AND p.log_id = p_log AND p.part = ANY (p_parts)
     AND (p.lease_owner = p_owner OR p.lease_until < clock_timestamp())
     AND NOT EXISTS (SELECT FROM es_ops.projection AS g
                      WHERE g.name = p_name AND g.generation = p_generation AND g.state = 'dropping')
  RETURNING p.part, p.position, p.lease_epoch
$$;

-- Compares one table of two generations as both stood at a position: a row written later is left out, and a version
-- that was ended later is taken for current. Only columns both have. `p_every` = n looks at one stream in n.
CREATE FUNCTION es_ops.compare_table(p_from text, p_to text, p_table text, p_position bigint, p_every integer, p_names integer)
RETURNS TABLE (rows_from bigint, rows_to bigint, only_from bigint, only_to bigint, streams uuid[])
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  columns text;
  side text := 'SELECT stream_id, position, md5(ROW(%s)::text)::uuid AS digest FROM %I.%I
                 WHERE position <= $1 AND uuid_hash(stream_id)::bigint %% $2 = 0';
BEGIN
  SELECT string_agg(CASE a.attname
           WHEN 'next_position' THEN 'CASE WHEN next_position > $1 THEN 9223372036854775807 ELSE next_position END'
           WHEN 'next_effective_at' THEN 'CASE WHEN next_position > $1 THEN ''infinity'' ELSE next_effective_at END'
           WHEN 'next_recorded_at' THEN 'CASE WHEN next_position > $1 THEN ''infinity'' ELSE next_recorded_at END'
           ELSE quote_ident(a.attname) END, ', ' ORDER BY a.attname) INTO columns
    FROM pg_attribute AS a JOIN pg_attribute AS b USING (attname)
   WHERE a.attrelid = to_regclass(format('%I.%I', p_from, p_table)) AND a.attnum > 0 AND NOT a.attisdropped
     AND b.attrelid = to_regclass(format('%I.%I', p_to, p_table)) AND b.attnum > 0 AND NOT b.attisdropped;
  RETURN QUERY EXECUTE
    'WITH a AS (' || format(side, columns, p_from, p_table) || '), b AS (' || format(side, columns, p_to, p_table) || '),
          only_a AS (SELECT * FROM a EXCEPT ALL SELECT * FROM b), only_b AS (SELECT * FROM b EXCEPT ALL SELECT * FROM a)
     SELECT (SELECT count(*) FROM a), (SELECT count(*) FROM b), (SELECT count(*) FROM only_a), (SELECT count(*) FROM only_b),
            ARRAY(SELECT stream_id FROM (SELECT * FROM only_a UNION ALL SELECT * FROM only_b) AS differing
                   GROUP BY stream_id ORDER BY min(position) LIMIT $3)'
    USING p_position, p_every, p_names;
END $$;

REVOKE ALL ON es_ops.rebuild, es_ops.rebuild_part FROM PUBLIC;
REVOKE ALL ON FUNCTION es_ops.begin_generation(text, integer, text, text, text), es_ops.open_to_operator(text),
  es_ops.begin_rebuild(text, integer, smallint, bigint, integer), es_ops.finish_rebuild(text, integer, smallint),
  es_ops.compare_table(text, text, text, bigint, integer, integer) FROM PUBLIC;
GRANT SELECT ON es_ops.rebuild, es_ops.rebuild_part TO es_project, es_read, es_query;
