  ) AS s
  LEFT JOIN (
    SELECT currency, numerator, denominator, numerator = denominator AS exact
    FROM unnest($34::text[], $35::text[]::numeric[], $36::text[]::numeric[]) AS given (currency, numerator, denominator)
  ) AS r ON r.currency = s.currency
  GROUP BY s.status, s.beginning, s.key_id, s.key_word, s.currency
) AS m
GROUP BY GROUPING SETS ((m.period, m.key, m.status), (m.status), (m.currency))
