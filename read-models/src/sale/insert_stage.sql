INSERT INTO stage_version (
  tenant_id, stream_id, version, position, effective_at, recorded_at, next_position, next_effective_at,
  next_recorded_at, stage_id, name, probability, description, rank, deleted)
SELECT
  tenant_id, stream_id, version, position, effective_at, recorded_at, COALESCE(next_position,
  9223372036854775807), COALESCE(next_effective_at, 'infinity'), COALESCE(next_recorded_at, 'infinity'),
  stage_id, name::jsonb, probability, description, rank, deleted
FROM unnest(
  $1::integer[], $2::uuid[], $3::bigint[], $4::bigint[], $5::timestamptz[], $6::timestamptz[], $7::bigint[],
  $8::timestamptz[], $9::timestamptz[], $10::uuid[], $11::text[], $12::smallint[], $13::text[], $14::integer[],
  $15::boolean[]
) AS v (
  tenant_id, stream_id, version, position, effective_at, recorded_at, next_position, next_effective_at,
  next_recorded_at, stage_id, name, probability, description, rank, deleted)
