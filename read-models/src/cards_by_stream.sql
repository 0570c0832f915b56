FROM sale_version AS s
LEFT JOIN unnest($5::text[], $6::text[]::numeric[], $7::text[]::numeric[]) AS r (currency, numerator, denominator)
  ON r.currency = s.currency
WHERE s.tenant_id = $1 AND s.stream_id = ANY ($8) AND NOT s.deleted
  AND held(s.effective_at, s.recorded_at, s.position, s.next_effective_at, s.next_recorded_at, s.next_position, $2, $3, $4)
