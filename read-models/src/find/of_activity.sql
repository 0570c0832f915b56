-- What a field of the activities of sales holds, $8, as far as they are seen; $1 to $7 the moment. With $17 only what changed
-- since that position, also what is gone since.
SELECT a.stream_id AS element, a.sale_id, a.deleted OR a.sale_id IS NULL AS gone,
  CASE $8::text
    WHEN 'activity.kind' THEN a.kind
    WHEN 'activity.type' THEN a.follow_up_type
    WHEN 'activity.title' THEN a.title
    WHEN 'activity.description' THEN a.description
    WHEN 'activity.location' THEN a.location
    WHEN 'activity.owner' THEN a.owner
    WHEN 'activity.group' THEN a.owner_group
    WHEN 'activity.priority' THEN a.priority
    WHEN 'activity.completed' THEN (a.completed_on IS NOT NULL)::text
  END AS word,
  NULL::numeric AS number,
  CASE $8
    WHEN 'activity.start' THEN COALESCE(a.from_day, wall_clock(a.starts_at, $6, $7)::date)
    WHEN 'activity.end' THEN COALESCE(a.to_day, wall_clock(a.ends_at, $6, $7)::date)
    WHEN 'activity.completed_on' THEN a.completed_on
  END AS day
FROM activity_version AS a
WHERE a.tenant_id = $1 AND $5::date IS NOT NULL
  AND (NOT a.deleted AND a.sale_id IS NOT NULL OR $17::bigint IS NOT NULL) AND ($17 IS NULL OR a.position > $17)
  AND held(a.effective_at, a.recorded_at, a.position, a.next_effective_at, a.next_recorded_at, a.next_position, $2, $3, $4)
  AND 
