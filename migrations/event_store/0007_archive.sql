-- Ranges of the log that lie in a file: a full partition is written and verified, then most of its rows are taken out of
-- es.event in one transaction. Run by operators (es_owner); no service takes anything out.
--
-- What is taken out are events of the aggregates the operator names (sales and activities), of streams that have had no
-- event since, except the newest of each. So streams still at work stay whole, the tenant's newest position is always
-- found by es.append_batch, and whoever reads a stream or a range that is not whole sees it at once: versions or
-- positions have a gap, and es.archive names the file. es.stream, es.batch and es.command stay as they are.

CREATE TABLE es.archive (
  log_id          smallint    NOT NULL,
  first_position  bigint      NOT NULL CHECK (first_position > 0),
  last_position   bigint      NOT NULL CHECK (last_position >= first_position),
  file_name       text        NOT NULL CHECK (file_name <> ''),
  file_sha256     bytea       NOT NULL CHECK (length(file_sha256) = 32),
  contents_sha256 bytea       NOT NULL CHECK (length(contents_sha256) = 32),  -- over the content hashes, in order
  tail            bytea       NOT NULL,            -- content hashes behind the last batch that ends in the range
  taken_out       bigint      NOT NULL,            -- rows that lie in the file alone
  detached_at     timestamptz NOT NULL DEFAULT clock_timestamp(),
  detached_by     text        NOT NULL DEFAULT session_user,
  PRIMARY KEY (log_id, first_position)
);
REVOKE ALL ON es.archive FROM PUBLIC;
GRANT SELECT ON es.archive TO es_append, es_read, es_project, es_notary;

-- Every partition of events of a log: [first, last], and whether its place is taken by what an archive left.
CREATE FUNCTION es.event_partitions(p_log smallint)
RETURNS TABLE (name text, first_position bigint, last_position bigint, bytes bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT c.relname::text, b.bound[2]::bigint, b.bound[4]::bigint - 1, pg_total_relation_size(c.oid)
    FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
   CROSS JOIN LATERAL regexp_match(pg_get_expr(c.relpartbound, c.oid), $r$FROM \('(\d+)', '(\d+)'\) TO \('(\d+)', '(\d+)'\)$r$) AS b(bound)
   WHERE i.inhparent = 'es.event'::regclass AND b.bound[1]::smallint = p_log
   ORDER BY 2
$$;

-- A table for the rows of a range, ready to be put into the place of a partition without a scan or an index to build.
CREATE FUNCTION es.beside_partition(p_log smallint, p_first bigint, p_last bigint, p_name text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  EXECUTE format('CREATE TABLE es.%I (LIKE es.event INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING STORAGE INCLUDING INDEXES,
                    CONSTRAINT of_the_range CHECK (log_id = %s AND position BETWEEN %s AND %s)) WITH (fillfactor = 100)',
                 p_name, p_log, p_first, p_last);
END $$;

-- Puts a table into the place of a partition, which is dropped. Waits for es.event no longer than lock_timeout.
CREATE FUNCTION es.replace_partition(p_log smallint, p_first bigint, p_last bigint, p_old text, p_new text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  EXECUTE format('ALTER TABLE es.event DETACH PARTITION es.%I', p_old);
  EXECUTE format('DROP TABLE es.%I', p_old);
  EXECUTE format('ALTER TABLE es.event ATTACH PARTITION es.%I FOR VALUES FROM (%s, %s) TO (%s, %s)',
                 p_new, p_log, p_first, p_log, p_last + 1);
  EXECUTE format('ALTER TABLE es.%I DROP CONSTRAINT of_the_range', p_new);
  -- row triggers are cloned by ATTACH; TRUNCATE triggers are not
  PERFORM es.protect(format('es.%I', p_new)::regclass, false);
END $$;

-- Takes a range out, whose archive the caller has verified and compared with the table. Answers how many rows went.
CREATE FUNCTION es.detach_archived(p_log smallint, p_first bigint, p_last bigint, p_file text, p_file_sha256 bytea,
  p_contents_sha256 bytea, p_tail bytea, p_aggregates text[]) RETURNS bigint
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_head bigint; v_old text; v_new text := format('event_%s_%s_kept', p_log, lpad(p_first::text, 13, '0')); v_kept bigint;
BEGIN
  PERFORM pg_advisory_xact_lock(17749, p_log);
  SELECT coalesce(max(b.last_position), 0) INTO v_head FROM es.batch b WHERE b.log_id = p_log;
  SELECT x.name INTO v_old FROM es.event_partitions(p_log) x WHERE x.first_position = p_first AND x.last_position = p_last;
  IF v_old IS NULL THEN
    RAISE EXCEPTION 'no partition of log % holds exactly % to %', p_log, p_first, p_last USING ERRCODE = 'ES003';
  END IF;
  IF v_head <= p_last THEN
    RAISE EXCEPTION 'the partition % to % is the newest: the log ends at %', p_first, p_last, v_head USING ERRCODE = 'ES003';
  END IF;
  IF EXISTS (SELECT FROM es.archive a WHERE a.log_id = p_log AND a.first_position = p_first) THEN
    RAISE EXCEPTION '% to % is detached already', p_first, p_last USING ERRCODE = 'ES003';
  END IF;
  IF p_first > 1 AND NOT EXISTS (SELECT FROM es.archive a WHERE a.log_id = p_log AND a.last_position = p_first - 1) THEN
    RAISE EXCEPTION 'what lies before % is detached first', p_first USING ERRCODE = 'ES003';
  END IF;
  PERFORM es.beside_partition(p_log, p_first, p_last, v_new);
  EXECUTE format('INSERT INTO es.%I SELECT e.* FROM es.%I e JOIN es.stream s USING (log_id, stream_id)
                   WHERE NOT (s.aggregate = ANY ($1) AND s.last_position <= $2 AND e.stream_version < s.version)', v_new, v_old)
    USING p_aggregates, p_last;
  LOCK TABLE ONLY es.event IN ACCESS EXCLUSIVE MODE;
  -- streams that woke up meanwhile stay whole
  EXECUTE format('INSERT INTO es.%I SELECT e.* FROM es.%I e
                   WHERE e.log_id = $1 AND e.stream_id IN (SELECT x.stream_id FROM es.event x WHERE x.log_id = $1 AND x.position > $2)
                  ON CONFLICT DO NOTHING', v_new, v_old)
    USING p_log, v_head;
  EXECUTE format('SELECT count(*) FROM es.%I', v_new) INTO v_kept;
  PERFORM es.replace_partition(p_log, p_first, p_last, v_old, v_new);
  INSERT INTO es.archive (log_id, first_position, last_position, file_name, file_sha256, contents_sha256, tail, taken_out)
  VALUES (p_log, p_first, p_last, p_file, p_file_sha256, p_contents_sha256, p_tail, p_last - p_first + 1 - v_kept);
  RETURN p_last - p_first + 1 - v_kept;
END $$;

-- Puts a range back whose rows the caller has copied into p_name (made by es.beside_partition in this transaction).
CREATE FUNCTION es.restore_archived(p_log smallint, p_first bigint, p_last bigint, p_name text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_rows bigint; v_old text;
BEGIN
  PERFORM pg_advisory_xact_lock(17749, p_log);
  IF NOT EXISTS (SELECT FROM es.archive a WHERE a.log_id = p_log AND a.first_position = p_first AND a.last_position = p_last) THEN
    RAISE EXCEPTION '% to % of log % is not detached', p_first, p_last, p_log USING ERRCODE = 'ES003';
  END IF;
  IF EXISTS (SELECT FROM es.archive a WHERE a.log_id = p_log AND a.first_position > p_first) THEN
    RAISE EXCEPTION 'what lies behind % comes back first', p_last USING ERRCODE = 'ES003';
  END IF;
  EXECUTE format('SELECT count(*) FROM es.%I', p_name) INTO v_rows;
  IF v_rows <> p_last - p_first + 1 THEN
    RAISE EXCEPTION '% rows came back instead of %', v_rows, p_last - p_first + 1 USING ERRCODE = 'ES003';
  END IF;
  SELECT x.name INTO v_old FROM es.event_partitions(p_log) x WHERE x.first_position = p_first AND x.last_position = p_last;
  PERFORM es.replace_partition(p_log, p_first, p_last, v_old, p_name);
  DELETE FROM es.archive a WHERE a.log_id = p_log AND a.first_position = p_first;
END $$;

REVOKE ALL ON FUNCTION es.event_partitions(smallint), es.beside_partition(smallint, bigint, bigint, text),
  es.replace_partition(smallint, bigint, bigint, text, text),
  es.detach_archived(smallint, bigint, bigint, text, bytea, bytea, bytea, text[]),
  es.restore_archived(smallint, bigint, bigint, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION es.event_partitions(smallint) TO es_append, es_read, es_project;
