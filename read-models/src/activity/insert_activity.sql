-- New versions of activities: $1 to $9 as `version::bind_places` binds them, then the columns of the row.
INSERT INTO activity_version (
  tenant_id, stream_id, version, position, effective_at, recorded_at, next_position, next_effective_at,
  next_recorded_at, activity_id, kind, from_day, to_day, starts_at, ends_at, owner, owner_group, title,
  title_folded, description, sale_stream_id, sale_id, company_id, company_name, contact_id, contact_name,
  project_id, project_name, alarm_minutes, location, location_folded, company_folded, contact_folded, priority,
  assigned_by, assignment, series_id, series_number, completed_on, deleted, planned_at, guide_item, template, our_reference,
  follow_up_type)
SELECT
  tenant_id, stream_id, version, position, effective_at, recorded_at, COALESCE(next_position,
  9223372036854775807), COALESCE(next_effective_at, 'infinity'), COALESCE(next_recorded_at, 'infinity'),
  activity_id, kind, from_day, to_day, starts_at, ends_at, owner, owner_group, title, title_folded, description,
  sale_stream_id, sale_id, company_id, company_name, contact_id, contact_name, project_id, project_name,
  alarm_minutes, location, location_folded, company_folded, contact_folded, priority, assigned_by, assignment,
  series_id, series_number, completed_on, deleted, planned_at, guide_item, template, our_reference, follow_up_type
-- side by side in the list: unnest of several in FROM would store each array once more before the first row
FROM (SELECT
  unnest($1::integer[]) AS tenant_id, unnest($2::uuid[]) AS stream_id, unnest($3::bigint[]) AS version,
  unnest($4::bigint[]) AS position, unnest($5::timestamptz[]) AS effective_at,
  unnest($6::timestamptz[]) AS recorded_at, unnest($7::bigint[]) AS next_position,
  unnest($8::timestamptz[]) AS next_effective_at, unnest($9::timestamptz[]) AS next_recorded_at,
  unnest($10::uuid[]) AS activity_id, unnest($11::text[]) AS kind, unnest($12::date[]) AS from_day,
  unnest($13::date[]) AS to_day, unnest($14::timestamptz[]) AS starts_at, unnest($15::timestamptz[]) AS ends_at,
  unnest($16::text[]) AS owner, unnest($17::text[]) AS owner_group, unnest($18::text[]) AS title,
  unnest($19::text[]) AS title_folded, unnest($20::text[]) AS description,
  unnest($21::uuid[]) AS sale_stream_id, unnest($22::uuid[]) AS sale_id, unnest($23::uuid[]) AS company_id,
  unnest($24::text[]) AS company_name, unnest($25::uuid[]) AS contact_id, unnest($26::text[]) AS contact_name,
  unnest($27::uuid[]) AS project_id, unnest($28::text[]) AS project_name,
  unnest($29::integer[]) AS alarm_minutes, unnest($30::text[]) AS location,
  unnest($31::text[]) AS location_folded, unnest($32::text[]) AS company_folded,
  unnest($33::text[]) AS contact_folded, unnest($34::text[]) AS priority, unnest($35::text[]) AS assigned_by,
  unnest($36::text[]) AS assignment, unnest($37::uuid[]) AS series_id,
  unnest($38::integer[]) AS series_number, unnest($39::date[]) AS completed_on,
  unnest($40::boolean[]) AS deleted, unnest($41::timestamptz[]) AS planned_at,
  unnest($42::uuid[]) AS guide_item, unnest($43::text[]) AS template, unnest($44::text[]) AS our_reference,
  unnest($45::text[]) AS follow_up_type) AS v
