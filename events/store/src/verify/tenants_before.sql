-- What a log holds of each tenant up to position $2: its newest event, and how many sales it has numbered.
SELECT t.tenant_id, coalesce(e.position, 0), coalesce(s.number, 1000) - 1000
  FROM es.tenant t
  LEFT JOIN LATERAL (SELECT x.position FROM es.event x
                      WHERE x.log_id = $1 AND x.tenant_id = t.tenant_id AND x.position <= $2
                      ORDER BY x.position DESC LIMIT 1) e ON true
  LEFT JOIN LATERAL (SELECT x.number FROM es.stream x
                      WHERE x.log_id = $1 AND x.tenant_id = t.tenant_id AND x.number IS NOT NULL AND x.first_position <= $2
                      ORDER BY x.number DESC LIMIT 1) s ON true
 WHERE t.log_id = $1
