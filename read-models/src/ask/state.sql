-- What is live: $1 the log, $2 and $3 names and shapes this program knows, $4 a generation instead of the live one, $5
-- how to plan what follows, $6 the tenant, $7 what the caller sees, $8 generations by schema instead of the live ones. Tenant
-- and sight are set for the transaction first: parked streams are those of the tenant, by row-level security, and are looked
-- for with what `told` answers.
WITH chosen AS (
  SELECT p.name, p.generation, COALESCE(c.position, 0) AS position, COALESCE(c.position, 0) >= COALESCE(r.target, 0) AS filled
    FROM unnest($2::text[], $3::text[]) AS known (name, code_hash)
    JOIN es_ops.projection AS p USING (name, code_hash)
    LEFT JOIN es_ops.projection_part AS c
      ON c.name = p.name AND c.generation = p.generation AND c.log_id = $1 AND c.part = 0
    LEFT JOIN es_ops.rebuild AS r ON r.name = p.name AND r.generation = p.generation AND r.log_id = $1
   WHERE CASE WHEN $8::text[] IS NOT NULL THEN format('rm_%s_%s', p.name, p.generation) = ANY ($8)
              ELSE p.generation = $4 OR $4::integer IS NULL AND p.state = 'live' END)
SELECT
  l.schemas, l.positions, l.filled,
  ARRAY(SELECT s.stream_id FROM es_ops.parked_stream AS s JOIN chosen USING (name, generation)
         WHERE s.log_id = $1 AND s.tenant_id = told.tenant::integer ORDER BY s.name, s.stream_id) AS parked,
  ARRAY(SELECT s.from_position FROM es_ops.parked_stream AS s JOIN chosen USING (name, generation)
         WHERE s.log_id = $1 AND s.tenant_id = told.tenant::integer ORDER BY s.name, s.stream_id) AS parked_from,
  pg_postmaster_start_time() AS started,
  ARRAY[(SELECT oid::bigint FROM pg_database WHERE datname = current_database()),
        COALESCE(pg_relation_filenode(to_regclass('sale_version'))::bigint, 0),
        COALESCE(pg_relation_filenode(to_regclass('activity_version'))::bigint, 0)] AS files
FROM (SELECT set_config('salgslogg.tenant_id', $6::integer::text, true) AS tenant,
             set_config('salgslogg.sight', COALESCE($7::text[]::text, ''), true) AS sight,
             set_config('plan_cache_mode', $5, true) AS plans,
             -- a plan that is kept may be made on a small table, which would be read whole
             set_config('enable_seqscan', CASE $5 WHEN 'force_generic_plan' THEN 'off' ELSE 'on' END, true) OFFSET 0) AS told
CROSS JOIN (SELECT
  COALESCE(array_agg(format('rm_%s_%s', name, generation) ORDER BY name), '{}') AS schemas,
  COALESCE(array_agg(position ORDER BY name), '{}') AS positions,
  COALESCE(bool_and(filled), false) AS filled FROM chosen) AS l
