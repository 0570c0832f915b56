-- $37 what to group by. One pass over the sales, by (key, status, currency); no key is the empty text.
WITH cell AS MATERIALIZED (
  SELECT
    COALESCE(CASE $37::text WHEN 'owner' THEN s.owner WHEN 'company' THEN s.company_id::text END, '') AS key,
    s.status, s.currency, count(*) AS count,
    sum(converted(s.amount_minor, r.numerator, r.denominator)) AS amount,
    sum(converted(s.weighted_minor, r.numerator, r.denominator)) AS weighted,
    max(s.number) AS newest, (array_agg(s.company_name ORDER BY s.number DESC))[1] AS name
