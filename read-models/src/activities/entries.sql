FROM activity_version AS a
CROSS JOIN LATERAL (SELECT
  COALESCE(a.from_day::timestamp, wall_clock(a.starts_at, $6, $7)) AS begins,
  COALESCE(a.to_day::timestamp, wall_clock(a.ends_at, $6, $7)) AS ends) AS w
WHERE a.tenant_id = $1
  AND held(a.effective_at, a.recorded_at, a.position, a.next_effective_at, a.next_recorded_at, a.next_position, $2, $3, $4)
  AND NOT a.deleted
