-- $37 the word to group by, $38 the period, $39 and $40 the days. One pass over the sales, by (period, key, status,
-- currency); then three groupings of what is left: (period, key, status) for rows, (status) for totals, (currency) to
-- name the ones without a rate. An amount that is in the asked currency already is summed as it is.
SELECT
  GROUPING(m.period, m.key, m.status, m.currency) AS grouping, m.period, m.key, m.status, m.currency,
  sum(m.count)::bigint AS count, sum(m.amount)::text AS amount, sum(m.weighted)::text AS weighted
FROM (
  SELECT
    s.status, s.currency, COALESCE(s.key_id::text, s.key_word) AS key, count(*) AS count,
    to_char(s.beginning, CASE $38::text WHEN 'month' THEN 'YYYY-MM' WHEN 'quarter' THEN 'YYYY-"Q"Q' WHEN 'year' THEN 'YYYY' END)
      AS period,
    COALESCE(sum(s.amount_minor) FILTER (WHERE r.exact),
             sum(converted(s.amount_minor, r.numerator, r.denominator)) FILTER (WHERE NOT r.exact)) AS amount,
    COALESCE(sum(s.weighted_minor) FILTER (WHERE r.exact),
             sum(converted(s.weighted_minor, r.numerator, r.denominator)) FILTER (WHERE NOT r.exact)) AS weighted
  FROM (
    SELECT s.status, s.currency, s.amount_minor, s.weighted_minor,
      date_trunc($38, s.sale_date::timestamp) AS beginning,
      CASE $37::text WHEN 'sale_type' THEN s.sale_type_id WHEN 'stage' THEN s.stage_id END AS key_id,
      CASE $37 WHEN 'owner' THEN s.owner WHEN 'group' THEN s.owner_group WHEN 'source' THEN s.source
               WHEN 'category' THEN s.category WHEN 'credited' THEN s.credited WHEN 'competitor' THEN s.competitor
               WHEN 'company_category' THEN company.category WHEN 'company_business' THEN company.business
               WHEN 'company_country' THEN company.country END AS key_word
    FROM sale_version AS s
    LEFT JOIN company_version AS company
      ON starts_with($37, 'company_') AND company.tenant_id = $1 AND company.company_id = s.company_id
     AND held(company.effective_at, company.recorded_at, company.position, company.next_effective_at,
              company.next_recorded_at, company.next_position, $2, $3, $4)
