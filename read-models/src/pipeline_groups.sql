  ) AS s
  LEFT JOIN (
    SELECT currency, numerator, denominator, numerator = denominator AS exact
    FROM unnest($30::text[], $31::text[]::numeric[], $32::text[]::numeric[]) AS given (currency, numerator, denominator)
  ) AS r ON r.currency = s.currency
  GROUP BY s.status, s.key_id, s.key_word, s.currency
) AS m
GROUP BY GROUPING SETS ((m.status, m.key), (m.status), (m.currency))
