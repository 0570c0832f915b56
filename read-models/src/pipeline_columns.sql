-- $26 the word to group by. Three groupings in one pass: (status, key) for columns, (status) for totals and
-- (currency) to name the ones without a rate.
SELECT
  GROUPING(m.status, m.key, m.currency) AS grouping, m.status, m.key, m.currency, count(*) AS count,
  sum(m.amount)::text AS amount, sum(m.weighted)::text AS weighted
FROM (
  SELECT
    s.status, s.currency,
    CASE $26::text
      WHEN 'stage' THEN s.stage_id::text
      WHEN 'sale_type' THEN s.sale_type_id::text
      WHEN 'owner' THEN s.owner
      WHEN 'group' THEN s.owner_group
      WHEN 'status' THEN s.status
    END AS key,
    converted(s.amount_minor, r.numerator, r.denominator) AS amount,
    converted(s.weighted_minor, r.numerator, r.denominator) AS weighted
  FROM sale_version AS s
  LEFT JOIN unnest($23::text[], $24::text[]::numeric[], $25::text[]::numeric[]) AS r (currency, numerator, denominator)
    ON r.currency = s.currency
  WHERE
