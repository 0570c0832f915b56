INSERT INTO target_version (
  tenant_id, stream_id, version, position, effective_at, recorded_at, next_position, next_effective_at,
  next_recorded_at, target_id, target_type_id, item, year, level, assignee, assignee_group, period, currency, cells,
  locked, removed)
SELECT
  tenant_id, stream_id, version, position, effective_at, recorded_at, COALESCE(next_position,
  9223372036854775807), COALESCE(next_effective_at, 'infinity'), COALESCE(next_recorded_at, 'infinity'),
  target_id, target_type_id, item, year, level, assignee, assignee_group, period, currency, cells::jsonb,
  locked, removed
FROM unnest(
  $1::integer[], $2::uuid[], $3::bigint[], $4::bigint[], $5::timestamptz[], $6::timestamptz[], $7::bigint[],
  $8::timestamptz[], $9::timestamptz[], $10::uuid[], $11::uuid[], $12::text[], $13::integer[], $14::text[],
  $15::text[], $16::text[], $17::text[], $18::text[], $19::text[], $20::boolean[], $21::boolean[]
) AS v (
  tenant_id, stream_id, version, position, effective_at, recorded_at, next_position, next_effective_at,
  next_recorded_at, target_id, target_type_id, item, year, level, assignee, assignee_group, period, currency, cells,
  locked, removed)
