-- A page of receipts behind key $2 of day $3 whose positions touch $4 to $5, each with what the log holds of it.
SELECT k.command_key, k.day, k.answer, cardinality(k.streams)::bigint AS streams, k.versions, k.number,
       k.first_position, k.last_position,
       ARRAY(SELECT e.position
               FROM unnest(k.streams, k.versions) WITH ORDINALITY AS u (stream, version, i)
               LEFT JOIN LATERAL (SELECT x.position FROM es.event x
                                   WHERE x.log_id = $1 AND x.stream_id = u.stream AND x.stream_version = u.version
                                   ORDER BY x.position LIMIT 1) e ON true
              ORDER BY u.i) AS at,
       (SELECT count(*) FROM es.event x
         WHERE x.log_id = $1 AND x.position BETWEEN k.first_position AND least(k.last_position, k.first_position + 10000)
           AND x.stream_id = ANY (k.streams) AND x.tenant_id = k.tenant_id) AS of_these,
       (SELECT (x.recorded_at AT TIME ZONE 'UTC')::date FROM es.event x
         WHERE x.log_id = $1 AND x.position = k.first_position) AS recorded_on,
       (SELECT s.number FROM es.stream s WHERE s.log_id = $1 AND s.stream_id = k.streams[1]) AS primary_number,
       (SELECT max(x.number) FROM es.event x
         WHERE x.log_id = $1 AND x.position BETWEEN k.first_position AND least(k.last_position, k.first_position + 10000))
         AS new_number
  FROM (SELECT * FROM es.command c
         WHERE c.log_id = $1 AND (c.command_key, c.day) > ($2, $3)
           AND coalesce(c.last_position, $4) >= $4 AND coalesce(c.first_position, $5) <= $5
         ORDER BY c.command_key, c.day LIMIT $6) AS k
 ORDER BY k.command_key, k.day
