  s.stream_id, s.version, s.effective_at, s.weighted_minor,
  converted(s.amount_minor, r.numerator, r.denominator)::text AS converted_amount,
  converted(s.weighted_minor, r.numerator, r.denominator)::text AS converted_weighted,
  s.sale_id, s.number, s.title, s.status, s.sale_type_id, s.category, s.stage_id, s.stage_entered_at,
  s.stage_when_closed, s.probability, s.currency, s.amount_minor, s.total_cost_minor, s.profit_minor,
  s.profit_percent, s.owner, s.owner_group, s.sale_date, s.source, s.company_id, s.company_name, s.contact_id,
  s.contact_name, s.project_id, s.project_name, s.external_reference, s.reopen_date, s.stall_reason, s.close_date,
  s.reason, s.competitor, s.completed, s.registered_at
