-- $37 and $38 the words of columns and subgroups, null for none. Sums by (status, column, subgroup, currency).
SELECT s.status, s.key, s.sub, s.currency, count(*)::bigint AS count,
  sum(converted(s.amount_minor, r.numerator, r.denominator))::text AS amount,
  sum(converted(s.weighted_minor, r.numerator, r.denominator))::text AS weighted
FROM (
  SELECT s.status, s.currency, s.amount_minor, s.weighted_minor,
    CASE $37::text WHEN 'stage' THEN s.stage_id::text WHEN 'sale_type' THEN s.sale_type_id::text
      WHEN 'owner' THEN s.owner WHEN 'group' THEN s.owner_group WHEN 'status' THEN s.status END AS key,
    CASE $38::text WHEN 'stage' THEN s.stage_id::text WHEN 'sale_type' THEN s.sale_type_id::text
      WHEN 'owner' THEN s.owner WHEN 'group' THEN s.owner_group WHEN 'status' THEN s.status END AS sub
  FROM sale_version AS s
