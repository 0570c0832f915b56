-- New versions of activities: $1 to $9 as `version::bind_places` binds them, then the columns of the row.
INSERT INTO activity_version (
  tenant_id, stream_id, version, position, effective_at, recorded_at, next_position, next_effective_at,
  next_recorded_at, activity_id, kind, from_day, to_day, starts_at, ends_at, owner, owner_group, title,
  title_folded, description, sale_stream_id, sale_id, company_id, company_name, contact_id, contact_name,
  project_id, project_name, alarm_minutes, completed_on, deleted, planned_at)
SELECT
  tenant_id, stream_id, version, position, effective_at, recorded_at, COALESCE(next_position,
  9223372036854775807), COALESCE(next_effective_at, 'infinity'), COALESCE(next_recorded_at, 'infinity'),
  activity_id, kind, from_day, to_day, starts_at, ends_at, owner, owner_group, title, title_folded, description,
  sale_stream_id, sale_id, company_id, company_name, contact_id, contact_name, project_id, project_name,
  alarm_minutes, completed_on, deleted, planned_at
FROM unnest(
  $1::integer[], $2::uuid[], $3::bigint[], $4::bigint[], $5::timestamptz[], $6::timestamptz[], $7::bigint[],
  $8::timestamptz[], $9::timestamptz[], $10::uuid[], $11::text[], $12::date[], $13::date[], $14::timestamptz[],
  $15::timestamptz[], $16::text[], $17::text[], $18::text[], $19::text[], $20::text[], $21::uuid[], $22::uuid[],
  $23::uuid[], $24::text[], $25::uuid[], $26::text[], $27::uuid[], $28::text[], $29::integer[], $30::date[],
  $31::boolean[], $32::timestamptz[]
) AS v (
  tenant_id, stream_id, version, position, effective_at, recorded_at, next_position, next_effective_at,
  next_recorded_at, activity_id, kind, from_day, to_day, starts_at, ends_at, owner, owner_group, title,
  title_folded, description, sale_stream_id, sale_id, company_id, company_name, contact_id, contact_name,
  project_id, project_name, alarm_minutes, completed_on, deleted, planned_at)
