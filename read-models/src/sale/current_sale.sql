-- The current versions of the streams $1.
SELECT
  stream_id,
  sale_id, number, title, description, status, sale_type_id, category, stage_id, stage_entered_at,
  stage_when_closed, probability, currency, amount_minor, total_cost_minor, profit_minor, profit_percent,
  owner, owner_group, sale_date, source, company_id, company_name, contact_id, contact_name, project_id,
  project_name, external_reference, reopen_date, stall_reason, close_date, reason, competitor, completed,
  registered_at, credited, note, links::text AS links, visible_for, visible_group, registered_by, updated_by,
  update_count, stakeholders::text AS stakeholders, fields::text AS fields, suggestions::text AS suggestions,
  deleted, recorded_at AS saved_at
FROM sale_version
WHERE stream_id = ANY ($1) AND next_position = 9223372036854775807
