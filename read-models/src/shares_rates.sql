LEFT JOIN unnest($43::text[], $44::date[], $45::date[], $46::text[]::numeric[], $47::text[]::numeric[])
  AS r (currency, from_day, to_day, numerator, denominator)
  ON r.currency = s.currency AND s.sale_date BETWEEN r.from_day AND r.to_day
LEFT JOIN company_version AS company
  ON starts_with($38::text, 'company_') AND company.tenant_id = $1 AND company.company_id = s.company_id
 AND held(company.effective_at, company.recorded_at, company.position, company.next_effective_at, company.next_recorded_at,
          company.next_position, $2, $3, $4)
CROSS JOIN LATERAL (SELECT
  CASE $37::text
    WHEN 'status' THEN s.status WHEN 'owner' THEN s.owner WHEN 'group' THEN s.owner_group WHEN 'source' THEN s.source
    WHEN 'category' THEN s.category WHEN 'credited' THEN s.credited WHEN 'competitor' THEN s.competitor
    WHEN 'sale_type' THEN s.sale_type_id::text WHEN 'stage' THEN s.stage_id::text END AS key,
  CASE
    WHEN $38::text = 'sale_type' THEN s.sale_type_id::text WHEN $38 = 'source' THEN s.source
    WHEN $38 = 'credited' THEN s.credited WHEN $38 = 'competitor' THEN s.competitor
    WHEN $38 = 'company_category' THEN company.category WHEN $38 = 'company_business' THEN company.business
    WHEN $38 = 'company_country' THEN company.country
    WHEN starts_with($38, 'field.') THEN s.fields -> substr($38, 7) ->> 'value' END AS item) AS told
