-- $37 what the breakdown is by; NULL for none. Lost sales by (reason, competitor, key, currency); amounts converted and
-- rounded one by one.
SELECT s.reason, s.competitor,
  CASE $37::text WHEN 'owner' THEN s.owner WHEN 'group' THEN s.owner_group WHEN 'sale_type' THEN s.sale_type_id::text
                 WHEN 'stage' THEN s.stage_id::text WHEN 'source' THEN s.source END AS key,
  s.currency, count(*) AS count, sum(converted(s.amount_minor, r.numerator, r.denominator))::text AS amount
