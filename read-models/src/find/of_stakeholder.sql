-- What a field of the stakeholders of sales holds, $8; $1 to $7 the moment. $17 is none: what is gone
-- since a position would have to be told by those that are left.
SELECT (e.one ->> 'id')::uuid AS element, s.sale_id, false AS gone,
  CASE $8::text
    WHEN 'stakeholder.company' THEN e.one -> 'company' ->> 'id'
    WHEN 'stakeholder.company_name' THEN e.one -> 'company' ->> 'name'
    WHEN 'stakeholder.contact' THEN e.one -> 'contact' ->> 'id'
    WHEN 'stakeholder.contact_name' THEN e.one -> 'contact' ->> 'name'
    WHEN 'stakeholder.role' THEN e.one ->> 'role'
    WHEN 'stakeholder.comment' THEN e.one ->> 'comment'
  END AS word,
  NULL::numeric AS number,
  NULL::date AS day
FROM sale_version AS s CROSS JOIN LATERAL jsonb_array_elements(s.stakeholders) AS e (one)
WHERE s.tenant_id = $1 AND NOT s.deleted AND $17::bigint IS NULL AND ($5::date, $6::timestamptz[], $7::integer[]) IS NOT NULL
  AND held(s.effective_at, s.recorded_at, s.position, s.next_effective_at, s.next_recorded_at, s.next_position, $2, $3, $4)
