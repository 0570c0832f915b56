-- $26 the word to group by, $27 the period, $28 and $29 the days. Three groupings in one pass: (period, key, status)
-- for rows, (status) for totals and (currency) to name the ones without a rate.
SELECT
  GROUPING(m.period, m.key, m.status, m.currency) AS grouping, m.period, m.key, m.status, m.currency,
  count(*) AS count, sum(m.amount)::text AS amount, sum(m.weighted)::text AS weighted
FROM (
  SELECT
    s.status, s.currency,
    CASE $27::text
      WHEN 'month' THEN to_char(s.sale_date, 'YYYY-MM')
      WHEN 'quarter' THEN to_char(s.sale_date, 'YYYY-"Q"Q')
      WHEN 'year' THEN to_char(s.sale_date, 'YYYY')
    END AS period,
    CASE $26::text
      WHEN 'owner' THEN s.owner
      WHEN 'group' THEN s.owner_group
      WHEN 'sale_type' THEN s.sale_type_id::text
      WHEN 'stage' THEN s.stage_id::text
      WHEN 'source' THEN s.source
      WHEN 'category' THEN s.category
    END AS key,
    converted(s.amount_minor, r.numerator, r.denominator) AS amount,
    converted(s.weighted_minor, r.numerator, r.denominator) AS weighted
  FROM sale_version AS s
  LEFT JOIN unnest($23::text[], $24::text[]::numeric[], $25::text[]::numeric[]) AS r (currency, numerator, denominator)
    ON r.currency = s.currency
  WHERE s.sale_date BETWEEN $28 AND $29 AND
