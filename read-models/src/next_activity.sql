SELECT
  a.sale_id,
  LEAST(min(a.from_day), wall_clock(min(a.starts_at), $6, $7)::date) AS next_activity_date,
  LEAST(min(a.to_day), wall_clock(min(a.ends_at), $6, $7)::date) < $5::date AS overdue
FROM activity_version AS a
WHERE a.tenant_id = $1
  AND held(a.effective_at, a.recorded_at, a.position, a.next_effective_at, a.next_recorded_at, a.next_position, $2, $3, $4)
  AND a.completed_on IS NULL AND NOT a.deleted AND a.sale_id IS NOT NULL
