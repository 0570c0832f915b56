-- A batch that finds everything as its decisions saw it, in a call that judges nothing row by row.
--
-- Nearly every batch is one: the replica that decides writes its streams itself and remembers what it wrote. So this
-- function writes what es.append_batch would write and counts: every stream at the version it was seen at, none of the keys
-- known, nothing that the batch rests on moved. If one thing is not so, it raises ES005, nothing is stored, and the caller
-- sends the same batch to es.append_batch, which tells every group its own outcome. What follows from the batch alone was
-- worked out by the caller, outside of the lock:
--   p_latest      the latest effective time of the batch, NULL without any
--   p_hashes      content hashes of all events, 32 bytes each, in order: stored and chained from one value
--   c_*           streams written: index of the tenant's slug, ids, expected version (0 = new), number of events, events of the
--                 batch before it, effective time, and the rank of a sale's registration among its tenant's in this batch
--   e_*           events in order: index of the stream, index of the tenant's event before it (0 = none in this batch), contents
--   k_*           receipts: contents, first and last index of the group's streams, index of the first one among those that
--                 existed (0 = it is new), rank of the registration in the group
--   u_*           streams that decisions rest on, with versions (0 = absent)
--   p_chain, t_*  the chain's last link as the caller knows it and, per slug, the tenant's id, the position of its newest event
--                 and its highest sale number at that link: while nobody else writes they need not be looked up
-- Every group writes to each of its streams; one that only checks a version goes to es.append_batch.
CREATE FUNCTION es.append_as_seen(
  p_log smallint, p_writer uuid, p_latest timestamptz, p_hashes bytea, p_chain bytea,
  t_slug text[], t_id integer[], t_last bigint[], t_sold bigint[],
  c_tenant integer[], c_stream uuid[], c_aggregate text[], c_part smallint[], c_expect bigint[], c_n integer[], c_start integer[],
  c_effective timestamptz[], c_rank integer[],
  e_row integer[], e_before integer[], e_id uuid[], e_type text[], e_schema smallint[], e_meta bytea[], e_payload bytea[],
  k_key bytea[], k_request bytea[], k_answer bytea[], k_first integer[], k_last integer[], k_had integer[], k_rank integer[],
  u_stream uuid[], u_version bigint[],
  OUT o_head bigint,      -- position before the batch
  OUT o_chain bytea,      -- the chain's link of the batch
  OUT o_known boolean,    -- whether the caller knew the link before it: nobody else has written since
  OUT o_tenant integer[], -- per slug: the tenant's id
  OUT o_sold bigint[],    -- per slug: the tenant's highest sale number before the batch
  OUT o_had bigint[])     -- per stream that existed: its sale number
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
SET enable_bitmapscan = off
SET enable_hashjoin = off
SET enable_mergejoin = off
SET jit = off
AS $$
#variable_conflict use_column
DECLARE
  v_rows integer := cardinality(c_stream);
  v_events integer := cardinality(e_id);
  v_chain bytea; v_prev timestamptz; v_now timestamptz; v_day date;
  v_last bigint[];     -- per slug: position of the tenant's newest event
  v_other boolean;     -- something is not as it was seen
  v_written bigint; v_began bigint; v_done text;
BEGIN
  IF current_setting('transaction_isolation') <> 'read committed' THEN
    RAISE EXCEPTION 'append_as_seen needs READ COMMITTED' USING ERRCODE = 'ES002';
  END IF;
  v_done := pg_advisory_xact_lock(17747, p_log);    -- serialises this log until the commit is visible
  -- every statement from here on has a snapshot younger than the lock: it sees all earlier batches
  SELECT b.last_position, b.chain_hash, b.recorded_at INTO o_head, v_chain, v_prev
    FROM es.batch b WHERE b.log_id = p_log ORDER BY b.last_position DESC LIMIT 1;
  v_now := greatest(clock_timestamp(), v_prev + interval '1 microsecond');
  v_day := (v_now AT TIME ZONE 'UTC')::date;

  v_other := EXISTS (SELECT FROM generate_series(1, cardinality(u_stream)) AS u
                       LEFT JOIN LATERAL (SELECT x.version FROM es.stream x
                                           WHERE x.log_id = p_log AND x.stream_id = u_stream[u] LIMIT 1) s ON true
                      WHERE coalesce(s.version, 0) <> u_version[u])
          OR EXISTS (SELECT FROM generate_series(1, cardinality(k_key)) AS k
                      CROSS JOIN LATERAL (SELECT FROM es.command x WHERE x.log_id = p_log AND x.command_key = k_key[k]
                                             AND x.day BETWEEN v_day - 7 AND v_day LIMIT 1) c);
  o_known := coalesce(v_chain = p_chain, false);
  IF o_known AND array_position(t_last, NULL) IS NULL THEN
    o_tenant := t_id; v_last := t_last; o_sold := t_sold;
  ELSE
    -- LATERAL … LIMIT 1 pins probes of an index, whatever the planner thinks of the tables' sizes
    SELECT array_agg(t.tenant_id ORDER BY i), array_agg(e.position ORDER BY i), array_agg(coalesce(n.number, 1000) ORDER BY i)
      INTO o_tenant, v_last, o_sold
      FROM generate_series(1, cardinality(t_slug)) AS i
      LEFT JOIN LATERAL (SELECT x.tenant_id FROM es.tenant x WHERE x.slug = t_slug[i] AND x.log_id = p_log LIMIT 1) t ON true
      LEFT JOIN LATERAL (SELECT x.position FROM es.event x
                          WHERE x.log_id = p_log AND x.tenant_id = t.tenant_id AND x.position <= o_head
                          ORDER BY x.position DESC LIMIT 1) e ON true
      LEFT JOIN LATERAL (SELECT x.number FROM es.stream x
                          WHERE x.log_id = p_log AND x.tenant_id = t.tenant_id AND x.number IS NOT NULL
                          ORDER BY x.number DESC LIMIT 1) n ON true;
  END IF;
  -- a log or a tenant without events is not for this function
  IF v_other OR p_latest > v_now OR array_position(v_last, NULL) IS NOT NULL THEN
    RAISE EXCEPTION 'not as it was seen' USING ERRCODE = 'ES005';
  END IF;

  -- Each row finds its stream by the primary key, whatever the planner knows: a join could be planned on a small table and read
  -- all of it for each batch. A stream that is not at the version it was seen at is not written, and so not counted; one that
  -- should exist and does not begins behind the head.
  WITH written AS (
    INSERT INTO es.stream AS t (log_id, stream_id, aggregate, tenant_id, part, version, first_position, last_position, effective_at, number)
    SELECT p_log, c_stream[r], c_aggregate[r], o_tenant[c_tenant[r]], c_part[r], c_expect[r] + c_n[r], o_head + c_start[r] + 1,
           o_head + c_start[r] + c_n[r], coalesce(c_effective[r], v_now), o_sold[c_tenant[r]] + c_rank[r]
      FROM generate_series(1, v_rows) AS r
    ON CONFLICT (log_id, stream_id) DO UPDATE
      SET version = EXCLUDED.version, last_position = EXCLUDED.last_position, effective_at = EXCLUDED.effective_at
      WHERE t.version = EXCLUDED.version - (EXCLUDED.last_position - EXCLUDED.first_position + 1)
        AND t.effective_at <= EXCLUDED.effective_at
    RETURNING t.first_position, t.last_position, t.number)
  SELECT count(*), count(*) FILTER (WHERE w.first_position > o_head),
         array_agg(w.number ORDER BY w.last_position) FILTER (WHERE w.first_position <= o_head)
    INTO v_written, v_began, o_had
    FROM written w;
  IF v_written <> v_rows OR v_began <> cardinality(array_positions(c_expect, 0::bigint)) THEN
    RAISE EXCEPTION 'not as it was seen' USING ERRCODE = 'ES005';
  END IF;
  IF v_events IS DISTINCT FROM c_start[v_rows] + c_n[v_rows] OR length(p_hashes) <> 32 * v_events THEN
    RAISE EXCEPTION 'announced events and sent events differ' USING ERRCODE = 'ES003';
  END IF;

  INSERT INTO es.event (log_id, position, previous_position, tenant_id, stream_id, stream_version, part, event_id, event_type,
                        schema_version, recorded_at, effective_at, number, meta, payload, content_hash)
  SELECT p_log, o_head + e, CASE WHEN e_before[e] > 0 THEN o_head + e_before[e] ELSE v_last[c_tenant[r]] END,
         o_tenant[c_tenant[r]], c_stream[r], c_expect[r] + e - c_start[r], c_part[r], e_id[e], e_type[e], e_schema[e],
         v_now, c_effective[r], CASE WHEN e = c_start[r] + 1 THEN o_sold[c_tenant[r]] + c_rank[r] END,
         e_meta[e], e_payload[e], substr(p_hashes, 32 * e - 31, 32)
    FROM (SELECT e, e_row[e] AS r FROM generate_series(1, v_events) AS e) x;

  o_chain := sha256(v_chain || int8send(o_head + 1) || int8send(o_head + v_events) || p_hashes);
  INSERT INTO es.batch (log_id, last_position, first_position, recorded_at, writer_id, chain_hash)
  VALUES (p_log, o_head + v_events, o_head + 1, v_now, p_writer, o_chain);

  IF cardinality(k_key) > 0 THEN
    INSERT INTO es.command (day, log_id, command_key, request_hash, tenant_id, answer, streams, versions, number, first_position, last_position)
    SELECT v_day, p_log, k_key[k], k_request[k], o_tenant[c_tenant[a]], k_answer[k],
           CASE WHEN a = z THEN ARRAY[c_stream[a]] ELSE c_stream[a : z] END,
           CASE WHEN a = z THEN ARRAY[c_expect[a] + c_n[a]]
                ELSE (SELECT array_agg(c_expect[i] + c_n[i] ORDER BY i) FROM generate_series(a, z) i) END,
           coalesce(o_had[k_had[k]], o_sold[c_tenant[a]] + k_rank[k]),
           o_head + c_start[a] + 1, o_head + c_start[z] + c_n[z]
      FROM (SELECT k, k_first[k] AS a, k_last[k] AS z FROM generate_series(1, cardinality(k_key)) AS k) x;
  END IF;
  v_done := pg_notify('es', p_log || ':' || (o_head + v_events));   -- one per batch: a wake-up, never the content
END $$;

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA es FROM PUBLIC;
GRANT EXECUTE ON FUNCTION es.append_as_seen(smallint, uuid, timestamptz, bytea, bytea, text[], integer[], bigint[], bigint[],
  integer[], uuid[], text[], smallint[], bigint[], integer[], integer[], timestamptz[], integer[], integer[], integer[], uuid[], text[], smallint[], bytea[], bytea[],
  bytea[], bytea[], bytea[], integer[], integer[], integer[], integer[], uuid[], bigint[]) TO es_append;
