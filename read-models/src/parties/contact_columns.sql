  v.contact_id AS id, v.version, v.name, v.company_id,
  -- the name of the moment, else the first known one
  (SELECT c.name FROM company_version AS c
    WHERE c.tenant_id = $1 AND c.company_id = v.company_id AND ($4::bigint IS NULL OR c.position <= $4)
    ORDER BY held(c.effective_at, c.recorded_at, c.position, c.next_effective_at, c.next_recorded_at, c.next_position,
                  $2, $3, $4) IS TRUE DESC, c.version
    LIMIT 1) AS company_name,
  v.email, v.phone, v.effective_at AS updated_at
FROM contact_version AS v
WHERE v.tenant_id = $1
  AND held(v.effective_at, v.recorded_at, v.position, v.next_effective_at, v.next_recorded_at, v.next_position, $2, $3, $4)
