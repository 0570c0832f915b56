-- The current versions of the streams $1.
SELECT
  stream_id,
  activity_id, kind, from_day, to_day, starts_at, ends_at, owner, owner_group, title, description, sale_stream_id,
  sale_id, company_id, company_name, contact_id, contact_name, project_id, project_name, alarm_minutes,
  location, priority, follow_up_type, assigned_by, assignment, series_id, series_number, guide_item, template,
  our_reference, completed_on, deleted, planned_at
FROM activity_version
WHERE stream_id = ANY ($1) AND next_position = 9223372036854775807
