-- After the condition. $38 and $39 the page of rows. The rows of the page by status; all sales by (status, currency), at
-- place 0. Most won first, no key last of equals. A company is called as its newest sale calls it.
  GROUP BY 1, 2, 3
), page AS (
  SELECT key, (array_agg(name ORDER BY newest DESC))[1] AS name,
    row_number() OVER (ORDER BY COALESCE(sum(amount) FILTER (WHERE status = 'won'), 0) DESC,
      COALESCE(sum(count) FILTER (WHERE status = 'won'), 0) DESC, key = '', key COLLATE "C") AS place
  FROM cell GROUP BY key ORDER BY place LIMIT $38 OFFSET $39
)
SELECT p.place, p.key, p.name, c.status, NULL AS currency,
  sum(c.count)::bigint AS count, sum(c.amount)::text AS amount, sum(c.weighted)::text AS weighted
FROM page AS p JOIN cell AS c ON c.key = p.key GROUP BY p.place, p.key, p.name, c.status
UNION ALL
SELECT 0, '', NULL, status, currency, sum(count)::bigint, sum(amount)::text, sum(weighted)::text
FROM cell GROUP BY status, currency
ORDER BY place
