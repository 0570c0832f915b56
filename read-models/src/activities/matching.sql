  AND ($8::text[] IS NULL OR a.owner = ANY ($8))
  AND ($9::text[] IS NULL OR a.owner_group = ANY ($9))
  AND ($10::uuid[] IS NULL OR a.sale_id = ANY ($10))
  AND ($11::uuid[] IS NULL OR a.company_id = ANY ($11))
  AND ($12::uuid[] IS NULL OR a.contact_id = ANY ($12))
  AND ($13::uuid[] IS NULL OR a.project_id = ANY ($13))
  AND ($14::text[] IS NULL OR a.kind = ANY ($14))
  AND ($15::boolean IS NULL OR (a.completed_on IS NOT NULL) = $15)
  AND ($16::boolean IS NULL OR (a.completed_on IS NULL AND w.ends::date < $5::date) = $16)
  AND ($17::date IS NULL OR w.ends::date >= $17)
  AND ($18::date IS NULL OR w.begins::date <= $18)
  AND ($19::text IS NULL OR starts_with(a.title_folded, $19))
  AND ($20::text[] IS NULL OR a.priority = ANY ($20))
  AND ($21::text IS NULL OR starts_with(a.company_folded, $21))
  AND ($22::text IS NULL OR starts_with(a.contact_folded, $22))
  AND ($23::text IS NULL OR starts_with(a.location_folded, $23))
  AND ($25::uuid[] IS NULL OR a.series_id = ANY ($25))
  AND ($26::text[] IS NULL OR a.follow_up_type = ANY ($26))
  -- with the contact, or with a company the contact was ever linked beside (SD-30) in an activity or a sale that whoever asks
  -- sees: what they do not see tells them of nobody's company (SO-44). This `a` is the activity beside, not the one above it.
  AND ($24::uuid IS NULL OR a.contact_id = $24 OR a.company_id IN (
    SELECT a.company_id FROM activity_version AS a
     WHERE a.tenant_id = $1 AND a.contact_id = $24 AND NOT a.deleted AND a.company_id IS NOT NULL
       AND held(a.effective_at, a.recorded_at, a.position, a.next_effective_at, a.next_recorded_at, a.next_position, $2, $3, $4)
       AND
