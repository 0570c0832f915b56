), open_activity AS (SELECT * FROM m WHERE completed_on IS NULL),
held_sale AS (SELECT s.* FROM sale_version AS s
  WHERE s.tenant_id = $1 AND NOT s.deleted AND s.status IN ('open', 'stalled') AND ($8::text[] IS NULL OR s.owner = ANY ($8))
    AND held(s.effective_at, s.recorded_at, s.position, s.next_effective_at, s.next_recorded_at, s.next_position, $2, $3, $4)
