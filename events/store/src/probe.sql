SELECT ARRAY(
         SELECT coalesce((SELECT x.version FROM es.stream x WHERE x.log_id = $1 AND x.stream_id = s.id), 0)
           FROM unnest($2::uuid[]) WITH ORDINALITY AS s(id, ord)
          ORDER BY s.ord) AS versions,
       k.request_hash, k.answer, k.version, k.last_position, k.number
  FROM (SELECT 1) AS one
  LEFT JOIN LATERAL (
    SELECT x.request_hash, x.answer, x.versions[1] AS version, x.last_position, x.number
      FROM es.command x
     WHERE x.log_id = $1 AND x.command_key = $3
       -- also ahead of today: while the clock is behind the newest batch, receipts bear the day of that
       AND x.day >= (now() AT TIME ZONE 'UTC')::date - 7
     LIMIT 1) AS k ON true
