-- $37 the word to group by. One pass over the sales, by (status, key, currency); then three groupings of what is
-- left: (status, key) for columns, (status) for totals, (currency) to name the ones without a rate. An amount that is
-- in the asked currency already is summed as it is.
SELECT
  GROUPING(m.status, m.key, m.currency) AS grouping, m.status, m.key, m.currency,
  sum(m.count)::bigint AS count, sum(m.amount)::text AS amount, sum(m.weighted)::text AS weighted
FROM (
  SELECT
    s.status, s.currency, COALESCE(s.key_id::text, s.key_word) AS key, count(*) AS count,
    COALESCE(sum(s.amount_minor) FILTER (WHERE r.exact),
             sum(converted(s.amount_minor, r.numerator, r.denominator)) FILTER (WHERE NOT r.exact)) AS amount,
    COALESCE(sum(s.weighted_minor) FILTER (WHERE r.exact),
             sum(converted(s.weighted_minor, r.numerator, r.denominator)) FILTER (WHERE NOT r.exact)) AS weighted
  FROM (
    SELECT s.status, s.currency, s.amount_minor, s.weighted_minor,
      CASE $37::text WHEN 'stage' THEN s.stage_id WHEN 'sale_type' THEN s.sale_type_id END AS key_id,
      CASE $37 WHEN 'owner' THEN s.owner WHEN 'group' THEN s.owner_group WHEN 'status' THEN s.status END AS key_word
    FROM sale_version AS s
