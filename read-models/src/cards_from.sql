FROM sale_version AS s
LEFT JOIN unnest($30::text[], $31::text[]::numeric[], $32::text[]::numeric[]) AS r (currency, numerator, denominator)
  ON r.currency = s.currency
