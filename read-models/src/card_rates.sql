-- $1 to $4 the moment, $5 to $9 the rates by day, $10 the streams of sales that were shown.
SELECT s.sale_id, converted(s.amount_minor, r.numerator, r.denominator)::text,
  converted(s.weighted_minor, r.numerator, r.denominator)::text, converted(s.profit_minor, r.numerator, r.denominator)::text
FROM sale_version AS s
LEFT JOIN unnest($5::text[], $6::date[], $7::date[], $8::text[]::numeric[], $9::text[]::numeric[])
  AS r (currency, from_day, to_day, numerator, denominator)
  ON r.currency = s.currency AND s.sale_date BETWEEN r.from_day AND r.to_day
WHERE s.tenant_id = $1 AND s.stream_id = ANY ($10)
  AND held(s.effective_at, s.recorded_at, s.position, s.next_effective_at, s.next_recorded_at, s.next_position, $2, $3, $4)
