-- What a decision rests on is judged under the log's lock, in the call that appends.
--
-- A command decides on more than the streams it writes: the stage it names, the type, the tenant's settings. Until now
-- those were asked for in a query of their own before each batch, one round trip more, and what changed between question
-- and lock went unseen. This function has the signature of the one in 0003 and four arrays more:
--   u_stream, u_version   what the batch rests on: streams and the versions they were seen at (0 = absent), each pair once
--   r_group, r_pair       which group (its number in c_group) rests on which of those pairs, by index
-- A group that rests on a stream which has moved gets status 8 in all its rows, unless its receipt answers (1, 3); nothing
-- of it is stored. The caller keeps groups apart that rest on what another group of the same batch writes.
--
-- The function of 0003 stays for services of the release before; a later migration takes it away.
CREATE FUNCTION es.append_batch(
  p_log smallint, p_writer uuid, t_slug text[],
  c_group integer[], c_key bytea[], c_request bytea[], c_answer bytea[], c_effective timestamptz[],
  c_tenant integer[], c_stream uuid[], c_aggregate text[], c_part smallint[], c_expect bigint[], c_n integer[],
  e_id uuid[], e_type text[], e_schema smallint[], e_meta bytea[], e_payload bytea[], e_hash bytea[],
  u_stream uuid[], u_version bigint[], r_group integer[], r_pair integer[],
  OUT o_status smallint[], OUT o_version bigint[], OUT o_base bigint[], OUT o_number bigint[],
  OUT d_row integer[], OUT d_answer bytea[], OUT d_version bigint[], OUT d_last bigint[], OUT d_number bigint[])
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
  v_rows integer := cardinality(c_group);
  v_head bigint; v_chain bytea; v_prev timestamptz; v_now timestamptz; v_day date;
  v_tenant integer[];  -- per slug: the tenant's id, NULL while unknown
  v_last bigint[];     -- per slug: position of the tenant's newest event
  v_sold bigint[];     -- per slug: the tenant's highest sale number
  v_alien text;
  v_size integer[];    -- per row: rows of its group
  v_start integer[];   -- per row: index of its first event, minus one
  v_before bigint[];   -- per row: the tenant's newest position before the row
  v_new bigint[];      -- per row: sale number allotted now
  v_total bigint;      -- events of all accepted groups
  v_wrote bigint;
  v_id integer; v_home smallint; v_cur bigint; v_effective timestamptz; v_had bigint;   -- of a batch of one
  v_request bytea; v_st smallint; v_newest bigint; v_number bigint;
  v_moved integer[];   -- pairs whose stream is no longer at the version it was seen at
  v_stale integer[];   -- groups that rest on one of them, NULL when there is none
BEGIN
  IF current_setting('transaction_isolation') <> 'read committed' THEN
    RAISE EXCEPTION 'append_batch needs READ COMMITTED' USING ERRCODE = 'ES002';
  END IF;
  PERFORM pg_advisory_xact_lock(17747, p_log);      -- serialises this log until the commit is visible
  -- every statement from here on has a snapshot younger than the lock: it sees all earlier batches
  SELECT b.last_position, b.chain_hash, b.recorded_at INTO v_head, v_chain, v_prev
    FROM es.batch b WHERE b.log_id = p_log ORDER BY b.last_position DESC LIMIT 1;
  v_head := coalesce(v_head, 0);
  v_chain := coalesce(v_chain, sha256(convert_to('es/v1/log/' || p_log, 'UTF8')));
  v_now := greatest(clock_timestamp(), v_prev + interval '1 microsecond');
  v_day := (v_now AT TIME ZONE 'UTC')::date;

  IF cardinality(u_stream) > 0 THEN
    SELECT array_agg(u) INTO v_moved
      FROM generate_series(1, cardinality(u_stream)) AS u
      LEFT JOIN LATERAL (SELECT x.version FROM es.stream x WHERE x.log_id = p_log AND x.stream_id = u_stream[u] LIMIT 1) s ON true
     WHERE coalesce(s.version, 0) <> u_version[u];
    IF v_moved IS NOT NULL THEN
      SELECT array_agg(DISTINCT r_group[i]) INTO v_stale
        FROM generate_series(1, cardinality(r_pair)) AS i WHERE r_pair[i] = ANY (v_moved);
    END IF;
  END IF;

  IF v_rows = 1 THEN
    -- the same verdict as below for a batch of one, without what it takes to judge many
    SELECT x.tenant_id, x.log_id INTO v_id, v_home FROM es.tenant x WHERE x.slug = t_slug[1] LIMIT 1;
    SELECT x.version, x.effective_at, x.number INTO v_cur, v_effective, v_had
      FROM es.stream x WHERE x.log_id = p_log AND x.stream_id = c_stream[1] LIMIT 1;
    IF c_key[1] IS NOT NULL THEN
      SELECT x.request_hash INTO v_request FROM es.command x
       WHERE x.log_id = p_log AND x.command_key = c_key[1] AND x.day BETWEEN v_day - 7 AND v_day LIMIT 1;
    END IF;
    v_cur := coalesce(v_cur, 0);
    v_st := CASE WHEN v_request = c_request[1] THEN 1
                 WHEN v_request IS NOT NULL THEN 3
                 WHEN c_group[1] = ANY (v_stale) THEN 8
                 WHEN c_expect[1] IS DISTINCT FROM v_cur THEN 2
                 WHEN c_n[1] = 0 OR c_effective[1] IS NULL THEN 0
                 WHEN c_effective[1] > v_now THEN 7
                 WHEN c_effective[1] < v_effective THEN 5
                 ELSE 0 END;
    IF v_st = 0 AND c_n[1] > 0 THEN
      SELECT x.position INTO v_newest FROM es.event x
       WHERE x.log_id = p_log AND x.tenant_id = v_id AND x.position <= v_head ORDER BY x.position DESC LIMIT 1;
      IF v_cur = 0 AND e_type[1] = 'sale.registered' THEN
        SELECT x.number INTO v_number FROM es.stream x
         WHERE x.log_id = p_log AND x.tenant_id = v_id AND x.number IS NOT NULL ORDER BY x.number DESC LIMIT 1;
        v_number := coalesce(v_number, 1000) + 1;
      END IF;
      v_total := c_n[1];
    END IF;
    v_alien := CASE WHEN v_home <> p_log THEN t_slug[1] END;
    v_tenant := ARRAY[v_id];
    o_status := ARRAY[v_st]; o_version := ARRAY[v_cur]; o_base := ARRAY[CASE v_st WHEN 0 THEN v_head ELSE -1 END];
    o_number := ARRAY[coalesce(v_number, v_had)]; v_new := ARRAY[v_number];
    v_size := ARRAY[1]; v_start := ARRAY[0]; v_before := ARRAY[coalesce(v_newest, 0)];
  ELSE
    SELECT array_agg(s.tenant_id), array_agg(s.newest), array_agg(s.sold), max(s.slug) FILTER (WHERE s.log_id <> p_log)
      INTO v_tenant, v_last, v_sold, v_alien
      FROM (SELECT i, t_slug[i] AS slug, t.tenant_id, t.log_id, coalesce(e.position, 0) AS newest, coalesce(n.number, 1000) AS sold
              FROM generate_series(1, cardinality(t_slug)) AS i
              LEFT JOIN LATERAL (SELECT x.tenant_id, x.log_id FROM es.tenant x WHERE x.slug = t_slug[i] LIMIT 1) t ON true
              LEFT JOIN LATERAL (SELECT x.position FROM es.event x
                                  WHERE x.log_id = p_log AND x.tenant_id = t.tenant_id AND x.position <= v_head
                                  ORDER BY x.position DESC LIMIT 1) e ON true
              LEFT JOIN LATERAL (SELECT x.number FROM es.stream x
                                  WHERE x.log_id = p_log AND x.tenant_id = t.tenant_id AND x.number IS NOT NULL
                                  ORDER BY x.number DESC LIMIT 1) n ON true
             ORDER BY i) s;

    -- judge every row, then every group, then allot positions in order
    WITH judged AS (
      SELECT r, c_group[r] AS grp, c_tenant[r] AS tenant, c_n[r] AS n, coalesce(s.version, 0) AS cur, s.number AS had,
             (CASE WHEN k.request_hash = c_request[r] THEN 1
                   WHEN k.request_hash IS NOT NULL THEN 3
                   WHEN c_group[r] = ANY (v_stale) THEN 8
                   WHEN c_expect[r] IS DISTINCT FROM coalesce(s.version, 0) THEN 2
                   WHEN c_n[r] = 0 OR c_effective[r] IS NULL THEN 0
                   WHEN c_effective[r] > v_now THEN 7
                   WHEN c_effective[r] < s.effective_at THEN 5
                   ELSE 0 END)::smallint AS st
        FROM generate_series(1, v_rows) AS r
        LEFT JOIN LATERAL (SELECT x.version, x.effective_at, x.number FROM es.stream x
                            WHERE x.log_id = p_log AND x.stream_id = c_stream[r] LIMIT 1) s ON true
        LEFT JOIN LATERAL (SELECT x.request_hash FROM es.command x
                            WHERE x.log_id = p_log AND x.command_key = c_key[r]
                              AND x.day BETWEEN v_day - 7 AND v_day LIMIT 1) k ON true
    ), grouped AS (
      SELECT j.*, bool_and(j.st = 0) OVER g AS good, count(*) OVER g AS size FROM judged j WINDOW g AS (PARTITION BY j.grp)
    ), placed AS (
      SELECT g.*, (sum(g.n) OVER w)::bigint - g.n AS start,
             CASE WHEN g.good THEN v_head + (sum(g.n) FILTER (WHERE g.good) OVER w)::bigint - g.n ELSE -1 END AS base
        FROM grouped g WINDOW w AS (ORDER BY g.r ROWS UNBOUNDED PRECEDING)
    ), marked AS (
      SELECT p.*, p.good AND p.cur = 0 AND p.n > 0 AND e_type[p.start + 1] = 'sale.registered' AS registers FROM placed p
    ), numbered AS (
      SELECT m.*,
             greatest(v_last[m.tenant], max(m.base + m.n) FILTER (WHERE m.good AND m.n > 0)
               OVER (PARTITION BY m.tenant ORDER BY m.r ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)) AS before,
             CASE WHEN m.registers THEN v_sold[m.tenant] + count(*) FILTER (WHERE m.registers)
               OVER (PARTITION BY m.tenant ORDER BY m.r ROWS UNBOUNDED PRECEDING) END AS number
        FROM marked m
    )
    SELECT array_agg(CASE WHEN x.st = 0 AND NOT x.good THEN 6::smallint ELSE x.st END), array_agg(x.cur), array_agg(x.base),
           array_agg(coalesce(x.number, x.had)), array_agg(x.number), array_agg(x.size::integer), array_agg(x.start::integer),
           array_agg(x.before), sum(x.n) FILTER (WHERE x.good)
      INTO o_status, o_version, o_base, o_number, v_new, v_size, v_start, v_before, v_total
      FROM (SELECT * FROM numbered ORDER BY r) x;
  END IF;
  IF v_alien IS NOT NULL THEN
    RAISE EXCEPTION 'tenant % lives in another log', v_alien USING ERRCODE = 'ES004';
  END IF;
  v_total := coalesce(v_total, 0);
  IF cardinality(e_id) IS DISTINCT FROM v_start[v_rows] + c_n[v_rows] THEN
    RAISE EXCEPTION 'announced events and sent events differ' USING ERRCODE = 'ES003';
  END IF;
  -- a row that checks a stream and a row that writes it would be judged against the same version
  IF 0 = ANY (c_n) AND EXISTS (
       SELECT c_stream[r] FROM generate_series(1, v_rows) AS r WHERE c_n[r] = 0
       INTERSECT
       SELECT c_stream[r] FROM generate_series(1, v_rows) AS r WHERE c_n[r] > 0) THEN
    RAISE EXCEPTION 'a batch checks and writes the same stream' USING ERRCODE = 'ES003';
  END IF;

  IF v_total > 0 OR 0 = ANY (o_status) THEN
    IF array_position(v_tenant, NULL) IS NOT NULL THEN
      PERFORM pg_advisory_xact_lock(17748, 0);      -- tenant numbers are shared by the logs of a database
      INSERT INTO es.tenant (tenant_id, slug, log_id, created_at)
      SELECT (SELECT coalesce(max(x.tenant_id), 0) FROM es.tenant x) + row_number() OVER (ORDER BY min(r)), t_slug[c_tenant[r]], p_log, v_now
        FROM generate_series(1, v_rows) AS r
       WHERE o_base[r] >= 0 AND v_tenant[c_tenant[r]] IS NULL
       GROUP BY t_slug[c_tenant[r]];
      SELECT array_agg((SELECT x.tenant_id FROM es.tenant x WHERE x.slug = t_slug[i]) ORDER BY i)
        INTO v_tenant FROM generate_series(1, cardinality(t_slug)) AS i;
    END IF;

    IF v_total > 0 THEN
      INSERT INTO es.event (log_id, position, previous_position, tenant_id, stream_id, stream_version, part, event_id, event_type,
                            schema_version, recorded_at, effective_at, number, meta, payload, content_hash)
      SELECT p_log, o_base[r] + i, CASE i WHEN 1 THEN v_before[r] ELSE o_base[r] + i - 1 END, v_tenant[c_tenant[r]],
             c_stream[r], o_version[r] + i, c_part[r], e_id[v_start[r] + i], e_type[v_start[r] + i], e_schema[v_start[r] + i],
             v_now, c_effective[r], CASE i WHEN 1 THEN v_new[r] END,
             e_meta[v_start[r] + i], e_payload[v_start[r] + i], e_hash[v_start[r] + i]
        FROM generate_series(1, v_rows) AS r, LATERAL generate_series(1, c_n[r]) AS i
       WHERE o_base[r] >= 0;
      GET DIAGNOSTICS v_wrote = ROW_COUNT;
      IF v_wrote <> v_total THEN
        RAISE EXCEPTION 'allotted % positions and wrote %', v_total, v_wrote USING ERRCODE = 'ES003';
      END IF;

      INSERT INTO es.stream AS t (log_id, stream_id, aggregate, tenant_id, part, version, first_position, last_position, effective_at, number)
      SELECT p_log, c_stream[r], c_aggregate[r], v_tenant[c_tenant[r]], c_part[r], o_version[r] + c_n[r],
             o_base[r] + 1, o_base[r] + c_n[r], coalesce(c_effective[r], v_now), v_new[r]
        FROM generate_series(1, v_rows) AS r WHERE o_base[r] >= 0 AND c_n[r] > 0
      -- a stream written twice in a batch fails here: "cannot affect row a second time"
      ON CONFLICT (log_id, stream_id) DO UPDATE
        SET version = EXCLUDED.version, last_position = EXCLUDED.last_position, effective_at = EXCLUDED.effective_at;

      INSERT INTO es.batch (log_id, last_position, first_position, recorded_at, writer_id, chain_hash)
      SELECT p_log, v_head + v_total, v_head + 1, v_now, p_writer,
             sha256(v_chain || int8send(v_head + 1) || int8send(v_head + v_total) || string_agg(h.hash, ''::bytea))
        FROM (SELECT e_hash[v_start[r] + i] AS hash
                FROM generate_series(1, v_rows) AS r, LATERAL generate_series(1, c_n[r]) AS i
               WHERE o_base[r] >= 0 ORDER BY o_base[r] + i) h;
      PERFORM pg_notify('es', p_log || ':' || (v_head + v_total));   -- one per batch: a wake-up, never the content
    END IF;

    INSERT INTO es.command (day, log_id, command_key, request_hash, tenant_id, answer, streams, versions, number, first_position, last_position)
    SELECT v_day, p_log, c_key[r], c_request[r], v_tenant[c_tenant[r]], c_answer[r],
           CASE v_size[r] WHEN 1 THEN ARRAY[c_stream[r]]
                ELSE (SELECT array_agg(c_stream[i] ORDER BY i) FROM generate_series(r, g.ends) i) END,
           CASE v_size[r] WHEN 1 THEN ARRAY[o_version[r] + c_n[r]]
                ELSE (SELECT array_agg(o_version[i] + c_n[i] ORDER BY i) FROM generate_series(r, g.ends) i) END,
           CASE WHEN v_size[r] = 1 OR o_number[r] IS NOT NULL THEN o_number[r]
                ELSE (SELECT max(v_new[i]) FROM generate_series(r, g.ends) i) END,
           CASE WHEN o_base[g.ends] + c_n[g.ends] > o_base[r] THEN o_base[r] + 1 END,
           CASE WHEN o_base[g.ends] + c_n[g.ends] > o_base[r] THEN o_base[g.ends] + c_n[g.ends] END
      FROM generate_series(1, v_rows) AS r, LATERAL (SELECT r + v_size[r] - 1 AS ends) g
     WHERE o_base[r] >= 0 AND c_key[r] IS NOT NULL;
  END IF;

  IF 1 = ANY (o_status) THEN
    SELECT array_agg(x.r), array_agg(x.answer), array_agg(x.versions[1]), array_agg(x.last_position), array_agg(x.number)
      INTO d_row, d_answer, d_version, d_last, d_number
      FROM (SELECT r, k.* FROM generate_series(1, v_rows) AS r
             CROSS JOIN LATERAL (SELECT x.answer, x.versions, x.last_position, x.number FROM es.command x
                                  WHERE x.log_id = p_log AND x.command_key = c_key[r]
                                    AND x.day BETWEEN v_day - 7 AND v_day LIMIT 1) k
             WHERE o_status[r] = 1 ORDER BY r) x;
  END IF;
END $$;

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA es FROM PUBLIC;
GRANT EXECUTE ON FUNCTION es.append_batch(smallint, uuid, text[], integer[], bytea[], bytea[], bytea[], timestamptz[], integer[], uuid[],
  text[], smallint[], bigint[], integer[], uuid[], text[], smallint[], bytea[], bytea[], bytea[], uuid[], bigint[], integer[], integer[]) TO es_append;
