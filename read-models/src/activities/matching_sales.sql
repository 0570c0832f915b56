    UNION SELECT s.company_id FROM sale_version AS s
     WHERE s.tenant_id = $1 AND s.contact_id = $24 AND s.company_id IS NOT NULL AND NOT s.deleted
       AND held(s.effective_at, s.recorded_at, s.position, s.next_effective_at, s.next_recorded_at, s.next_position, $2, $3, $4)
       AND
