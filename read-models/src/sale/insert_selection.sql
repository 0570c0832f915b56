INSERT INTO selection_version (
  tenant_id, stream_id, version, position, effective_at, recorded_at, next_position, next_effective_at,
  next_recorded_at, selection_id, kind, name, owner, owner_group, category, description, visible_for, visible_group,
  criteria, view, members, completed, deleted)
SELECT
  tenant_id, stream_id, version, position, effective_at, recorded_at, COALESCE(next_position,
  9223372036854775807), COALESCE(next_effective_at, 'infinity'), COALESCE(next_recorded_at, 'infinity'),
  selection_id, kind, name, owner, owner_group, category, description, visible_for, visible_group,
  criteria::jsonb, view::jsonb, members::uuid[], completed, deleted
FROM unnest(
  $1::integer[], $2::uuid[], $3::bigint[], $4::bigint[], $5::timestamptz[], $6::timestamptz[], $7::bigint[],
  $8::timestamptz[], $9::timestamptz[], $10::uuid[], $11::text[], $12::text[], $13::text[], $14::text[],
  $15::text[], $16::text[], $17::text[], $18::text[], $19::text[], $20::text[], $21::text[], $22::boolean[],
  $23::boolean[]
) AS v (
  tenant_id, stream_id, version, position, effective_at, recorded_at, next_position, next_effective_at,
  next_recorded_at, selection_id, kind, name, owner, owner_group, category, description, visible_for, visible_group,
  criteria, view, members, completed, deleted)
