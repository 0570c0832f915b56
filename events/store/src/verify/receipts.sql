-- The receipts of keys from $2 on and before $3 whose positions touch $4 to $5, each with what the log holds of it.
SELECT k.command_key, k.day, k.answer, cardinality(k.streams)::bigint AS streams, k.versions, k.number,
       k.first_position, k.last_position,
       -- nearly every command writes one stream
       CASE WHEN cardinality(k.streams) = 1 AND cardinality(k.versions) = 1
            THEN ARRAY[(SELECT x.position FROM es.event x
                         WHERE x.log_id = $1 AND x.stream_id = k.streams[1] AND x.stream_version = k.versions[1]
                         ORDER BY x.position LIMIT 1)]
            ELSE ARRAY(SELECT e.position
                         FROM unnest(k.streams, k.versions) WITH ORDINALITY AS u (stream, version, i)
                         LEFT JOIN LATERAL (SELECT x.position FROM es.event x
                                             WHERE x.log_id = $1 AND x.stream_id = u.stream AND x.stream_version = u.version
                                             ORDER BY x.position LIMIT 1) e ON true
                        ORDER BY u.i) END AS at,
       e.of_these, e.recorded_on, e.new_number,
       (SELECT s.number FROM es.stream s WHERE s.log_id = $1 AND s.stream_id = k.streams[1]) AS primary_number
  FROM es.command k
 CROSS JOIN LATERAL (
   SELECT count(*) FILTER (WHERE x.stream_id = ANY (k.streams) AND x.tenant_id = k.tenant_id) AS of_these,
          (min(x.recorded_at) FILTER (WHERE x.position = k.first_position) AT TIME ZONE 'UTC')::date AS recorded_on,
          max(x.number) AS new_number
     FROM es.event x
    WHERE x.log_id = $1 AND x.position BETWEEN k.first_position AND least(k.last_position, k.first_position + 10000)) AS e
 WHERE k.log_id = $1 AND k.command_key >= $2 AND k.command_key < $3
   AND coalesce(k.last_position, $4) >= $4 AND coalesce(k.first_position, $5) <= $5
 ORDER BY k.command_key, k.day
