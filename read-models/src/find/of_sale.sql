-- What a field of a sale holds, as a word, a number or a day: $8 the field, $18 the key of one the tenant added, $19 to
-- $21 the rates. $1 to $7 the moment; n is what lies ahead of each. With $17 only what changed since that position, also
-- what is gone since.
SELECT s.sale_id AS element, s.sale_id, s.deleted AS gone,
  CASE $8::text
    WHEN 'id' THEN s.sale_id::text
    WHEN 'title' THEN s.title
    WHEN 'status' THEN s.status
    WHEN 'stage' THEN COALESCE(s.stage_id::text, 'none')
    WHEN 'stage_when_closed' THEN s.stage_when_closed::text
    WHEN 'sale_type' THEN s.sale_type_id::text
    WHEN 'category' THEN s.category
    WHEN 'owner' THEN s.owner
    WHEN 'group' THEN s.owner_group
    WHEN 'source' THEN s.source
    WHEN 'competitor' THEN s.competitor
    WHEN 'credited' THEN s.credited
    WHEN 'reason' THEN COALESCE(s.reason, s.stall_reason)
    WHEN 'currency' THEN s.currency
    WHEN 'completed' THEN s.completed::text
    WHEN 'has_open_activity' THEN (n.sale_id IS NOT NULL)::text
    WHEN 'overdue_activity' THEN COALESCE(n.overdue, false)::text
    WHEN 'overdue_sale_date' THEN (s.status = 'open' AND s.sale_date < $5::date)::text
    WHEN 'red' THEN (COALESCE(n.overdue, false) OR (s.status = 'open' AND s.sale_date < $5))::text
    WHEN 'description' THEN s.description
    WHEN 'note' THEN s.note
    WHEN 'external_reference' THEN s.external_reference
    WHEN 'visible_for' THEN s.visible_for
    WHEN 'registered_by' THEN s.registered_by
    WHEN 'updated_by' THEN s.updated_by
    WHEN 'company.id' THEN s.company_id::text
    WHEN 'company.name' THEN s.company_name
    WHEN 'contact.id' THEN s.contact_id::text
    WHEN 'contact.name' THEN s.contact_name
    WHEN 'project.id' THEN s.project_id::text
    WHEN 'project.name' THEN s.project_name
    WHEN 'field' THEN s.fields -> $18::text ->> 'value'
  END AS word,
  CASE $8
    WHEN 'number' THEN s.number::numeric
    WHEN 'days_in_stage' THEN ($5 - wall_clock(s.stage_entered_at, $6, $7)::date)::numeric
    WHEN 'amount' THEN converted(s.amount_minor, r.numerator, r.denominator)
    WHEN 'weighted' THEN converted(s.weighted_minor, r.numerator, r.denominator)
    WHEN 'total_cost' THEN converted(s.total_cost_minor, r.numerator, r.denominator)
    WHEN 'profit' THEN converted(s.profit_minor, r.numerator, r.denominator)
    WHEN 'profit_percent' THEN s.profit_percent
    WHEN 'probability' THEN s.probability::numeric
    WHEN 'field' THEN CASE WHEN s.fields -> $18 ->> 'kind' = 'number' THEN (s.fields -> $18 ->> 'value')::numeric END
  END AS number,
  CASE $8
    WHEN 'sale_date' THEN s.sale_date
    WHEN 'close_date' THEN s.close_date
    WHEN 'reopen_date' THEN s.reopen_date
    WHEN 'next_activity_date' THEN COALESCE(s.reopen_date, n.next_activity_date)
    WHEN 'registered_on' THEN wall_clock(s.registered_at, $6, $7)::date
    WHEN 'updated_on' THEN wall_clock(s.effective_at, $6, $7)::date
    WHEN 'field' THEN CASE WHEN s.fields -> $18 ->> 'kind' = 'date' THEN (s.fields -> $18 ->> 'value')::date END
  END AS day
FROM sale_version AS s
LEFT JOIN unnest($19::text[], $20::text[]::numeric[], $21::text[]::numeric[]) AS r (currency, numerator, denominator)
  ON r.currency = s.currency
