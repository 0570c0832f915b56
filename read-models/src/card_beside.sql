-- What a single card shows from beside the sale: $8 the sale, $9 its type. The activity behind the next activity date
-- (SO-F20), and whether the type has stakeholders (SK-1).
SELECT
  (SELECT a.activity_id FROM activity_version AS a
    WHERE a.tenant_id = $1 AND a.sale_id = $8
      AND held(a.effective_at, a.recorded_at, a.position, a.next_effective_at, a.next_recorded_at, a.next_position, $2, $3, $4)
      AND a.completed_on IS NULL AND NOT a.deleted AND $5::date IS NOT NULL
    ORDER BY COALESCE(a.from_day::timestamp, wall_clock(a.starts_at, $6, $7)), a.activity_id
    LIMIT 1) AS next_activity_id,
  COALESCE((SELECT t.stakeholders FROM sale_type_version AS t
    WHERE t.tenant_id = $1 AND t.sale_type_id = $9
      AND held(t.effective_at, t.recorded_at, t.position, t.next_effective_at, t.next_recorded_at, t.next_position, $2, $3, $4)
    LIMIT 1), false) AS stakeholders
