CROSS JOIN LATERAL (SELECT
  CASE $37::text
    WHEN 'number' THEN s.number::numeric
    WHEN 'amount' THEN converted(s.amount_minor, r.numerator, r.denominator)
    WHEN 'weighted' THEN converted(s.weighted_minor, r.numerator, r.denominator)
    WHEN 'probability' THEN s.probability::numeric
    WHEN 'sale_date' THEN (s.sale_date - DATE '2000-01-01')::numeric
    WHEN 'next_activity_date' THEN (COALESCE(s.reopen_date, n.next_activity_date) - DATE '2000-01-01')::numeric
    WHEN 'days_in_stage' THEN - extract(epoch FROM s.stage_entered_at)
    WHEN 'registered_on' THEN extract(epoch FROM s.registered_at)
    WHEN 'updated_at' THEN extract(epoch FROM s.effective_at)
  END AS number,
  CASE $37
    WHEN 'title' THEN s.title_folded
    WHEN 'status' THEN s.status
    WHEN 'owner' THEN lower(s.owner)
    WHEN 'group' THEN lower(s.owner_group)
    WHEN 'company' THEN lower(s.company_name)
  END AS words) AS sort
WHERE
