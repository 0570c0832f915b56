) AS s
LEFT JOIN unnest($34::text[], $35::text[]::numeric[], $36::text[]::numeric[]) AS r (currency, numerator, denominator)
  ON r.currency = s.currency
GROUP BY s.status, s.key, s.sub, s.currency
