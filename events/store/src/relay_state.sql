SELECT r.stream_name, COALESCE(r.stream_gen, 1) AS stream_gen, log.head, COALESCE(r.acked, 0) AS acked, r.lease_owner,
       CASE WHEN r.lease_owner IS NOT NULL THEN extract(epoch FROM r.lease_until - clock_timestamp())::bigint END AS lease_left_s,
       extract(epoch FROM clock_timestamp() - r.updated_at)::bigint AS heard_ago_s,
       r.halted, r.halted_code, r.halted_position, r.halted_at,
       r.reset_asked_at, r.reset_asked_by, r.reset_from, r.reset_done_at, r.reset_done_from
  FROM (SELECT COALESCE((SELECT max(last_position) FROM es.batch WHERE log_id = $1), 0) AS head) AS log
  LEFT JOIN es_ops.relay AS r ON r.log_id = $1
