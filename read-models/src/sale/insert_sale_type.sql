INSERT INTO sale_type_version (
  tenant_id, stream_id, version, position, effective_at, recorded_at, next_position, next_effective_at,
  next_recorded_at, sale_type_id, name, category, duration_n, duration_unit, stages, guide, auto_advance,
  stakeholders, items, deleted)
SELECT
  tenant_id, stream_id, version, position, effective_at, recorded_at, COALESCE(next_position,
  9223372036854775807), COALESCE(next_effective_at, 'infinity'), COALESCE(next_recorded_at, 'infinity'),
  sale_type_id, name::jsonb, category, duration_n, duration_unit, stages::uuid[], guide, auto_advance,
  stakeholders, items::jsonb, deleted
FROM unnest(
  $1::integer[], $2::uuid[], $3::bigint[], $4::bigint[], $5::timestamptz[], $6::timestamptz[], $7::bigint[],
  $8::timestamptz[], $9::timestamptz[], $10::uuid[], $11::text[], $12::text[], $13::integer[], $14::text[],
  $15::text[], $16::boolean[], $17::boolean[], $18::boolean[], $19::text[], $20::boolean[]
) AS v (
  tenant_id, stream_id, version, position, effective_at, recorded_at, next_position, next_effective_at,
  next_recorded_at, sale_type_id, name, category, duration_n, duration_unit, stages, guide, auto_advance,
  stakeholders, items, deleted)
