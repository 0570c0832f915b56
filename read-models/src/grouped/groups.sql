-- After the condition: $37 to $39 the words to group by, null for none; $40 the innermost level; $41 how many groups.
GROUP BY 1, 2, 3, 4
)
SELECT GROUPING(c.one, c.two, c.three) AS level, c.one, c.two, c.three,
  COALESCE(sum(c.count), 0)::bigint AS count, COALESCE(sum(c.rated), 0)::bigint AS rated,
  sum(c.amount)::text AS amount, min(c.amount_min)::text AS amount_min, max(c.amount_max)::text AS amount_max,
  sum(c.weighted)::text AS weighted, min(c.weighted_min)::text AS weighted_min,
  max(c.weighted_max)::text AS weighted_max,
  sum(c.profit)::text AS profit, min(c.profit_min)::text AS profit_min, max(c.profit_max)::text AS profit_max,
  sum(c.chance)::text AS chance, min(c.chance_min)::text AS chance_min, max(c.chance_max)::text AS chance_max,
  array_agg(DISTINCT c.currency) FILTER (WHERE c.rated = 0) AS missing
FROM cell AS c
GROUP BY ROLLUP (c.one, c.two, c.three)
HAVING GROUPING(c.one, c.two, c.three) >= $40::integer
LIMIT $41
