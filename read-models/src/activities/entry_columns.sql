  a.stream_id, a.version, a.effective_at,
  a.activity_id, a.kind, a.from_day, a.to_day, a.starts_at, a.ends_at, a.owner, a.owner_group, a.title,
  a.sale_stream_id, a.sale_id, a.company_id, a.company_name, a.contact_id, a.contact_name, a.project_id,
  a.project_name, a.alarm_minutes, a.location, a.priority, a.follow_up_type, a.assigned_by, a.assignment, a.series_id,
  a.series_number, a.guide_item, a.template, a.our_reference, a.completed_on, a.deleted, a.planned_at
