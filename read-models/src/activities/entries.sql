  a.stream_id, a.version, a.effective_at,
  a.activity_id, a.kind, a.from_day, a.to_day, a.starts_at, a.ends_at, a.owner, a.owner_group, a.title,
  a.sale_stream_id, a.sale_id, a.company_id, a.company_name, a.contact_id, a.contact_name, a.project_id,
  a.project_name, a.alarm_minutes, a.location, a.priority, a.follow_up_type, a.assigned_by, a.assignment, a.series_id,
  a.series_number, a.guide_item, a.template, a.our_reference, a.completed_on, a.deleted, a.planned_at
FROM activity_version AS a
CROSS JOIN LATERAL (SELECT
  COALESCE(a.from_day::timestamp, wall_clock(a.starts_at, $6, $7)) AS begins,
  COALESCE(a.to_day::timestamp, wall_clock(a.ends_at, $6, $7)) AS ends) AS w
WHERE a.tenant_id = $1
  AND held(a.effective_at, a.recorded_at, a.position, a.next_effective_at, a.next_recorded_at, a.next_position, $2, $3, $4)
  AND NOT a.deleted
