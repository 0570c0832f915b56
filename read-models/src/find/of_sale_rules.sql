WHERE s.tenant_id = $1 AND (NOT s.deleted OR $17::bigint IS NOT NULL) AND ($17 IS NULL OR s.position > $17)
  AND held(s.effective_at, s.recorded_at, s.position, s.next_effective_at, s.next_recorded_at, s.next_position, $2, $3, $4)
