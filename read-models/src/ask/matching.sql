  s.tenant_id = $1 AND NOT s.deleted
  AND held(s.effective_at, s.recorded_at, s.position, s.next_effective_at, s.next_recorded_at, s.next_position, $2, $3, $4)
  AND ($8::text[] IS NULL OR s.status = ANY ($8))
  AND ($9::text[] IS NULL OR COALESCE(s.stage_id::text, 'none') = ANY ($9))
  AND ($10::uuid[] IS NULL OR s.sale_type_id = ANY ($10))
  AND ($11::text[] IS NULL OR s.owner = ANY ($11))
  AND ($12::text[] IS NULL OR CASE WHEN s.owner_group IS NULL THEN '(none)' = ANY ($12) ELSE s.owner_group = ANY (array_remove($12, '(none)')) END)
  AND ($13::text[] IS NULL OR COALESCE(s.source, '(none)') = ANY ($13))
  AND ($14::text[] IS NULL OR COALESCE(s.competitor, '(none)') = ANY ($14))
  AND ($15::text[] IS NULL OR COALESCE(s.reason, s.stall_reason, '(none)') = ANY ($15))
  AND ($16::uuid[] IS NULL OR s.company_id = ANY ($16) OR (s.company_id IS NULL AND array_position($16, NULL) IS NOT NULL)
       OR ($29 AND s.stakeholder_companies && $16))
  AND ($17::uuid[] IS NULL OR s.contact_id = ANY ($17) OR ($29 AND s.stakeholder_contacts && $17))
  AND ($18::uuid[] IS NULL OR s.project_id = ANY ($18))
  AND ($19::bigint[] IS NULL OR s.number = ANY ($19))
  AND ($20::text[] IS NULL OR CASE WHEN s.category IS NULL THEN '(none)' = ANY ($20) ELSE s.category = ANY (array_remove($20, '(none)')) END)
  AND ($21::text[] IS NULL OR s.external_reference = ANY ($21))
  AND ($22::boolean IS NULL OR s.completed = $22)
  AND ($23::text IS NULL OR starts_with(s.title_folded, $23))
  AND ($24::date IS NULL OR s.sale_date >= $24)
  AND ($25::date IS NULL OR s.sale_date <= $25)
  AND ($26::date IS NULL OR COALESCE(s.reopen_date, n.next_activity_date) >= $26)
  AND ($27::date IS NULL OR COALESCE(s.reopen_date, n.next_activity_date) <= $27)
  AND ($28::boolean IS NULL OR COALESCE(n.overdue, false) = $28)
  -- in the currency of the answer: $34 to $36 are what bind_fractions binds
  AND ($30::text IS NULL OR converted(s.amount_minor,
    ($35::text[]::numeric[])[array_position($34::text[], s.currency)],
    ($36::text[]::numeric[])[array_position($34, s.currency)]) >= $30::numeric)
  AND ($31::text IS NULL OR converted(s.weighted_minor,
    ($35::text[]::numeric[])[array_position($34::text[], s.currency)],
    ($36::text[]::numeric[])[array_position($34, s.currency)]) >= $31::numeric)
  AND ($32::boolean IS NULL OR (s.sale_id = ANY ($33::uuid[])) = $32)
