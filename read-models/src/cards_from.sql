FROM sale_version AS s
LEFT JOIN unnest($29::text[], $30::text[]::numeric[], $31::text[]::numeric[]) AS r (currency, numerator, denominator)
  ON r.currency = s.currency
