-- The sale of stream $5 with its type, and the preferences of user $6 as they are now.
SELECT
  s.sale_id, s.stage_id, s.suggestions::text AS suggestions, t.version AS guide_version,
  COALESCE(t.guide, false) AS guide, COALESCE(t.auto_advance, false) AS auto_advance,
  COALESCE(t.stages, '{}') AS stages, COALESCE(t.items, '[]') AS items,
  (SELECT u.preferences FROM user_version AS u
    WHERE u.tenant_id = $1 AND u.user_id = $6 AND ($4::bigint IS NULL OR u.position <= $4)
    ORDER BY u.version DESC LIMIT 1) AS preferences
FROM sale_version AS s
LEFT JOIN sale_type_version AS t
  ON t.tenant_id = $1 AND t.sale_type_id = s.sale_type_id
  AND held(t.effective_at, t.recorded_at, t.position, t.next_effective_at, t.next_recorded_at, t.next_position, $2, $3, $4)
WHERE s.tenant_id = $1 AND s.stream_id = $5 AND NOT s.deleted
  AND held(s.effective_at, s.recorded_at, s.position, s.next_effective_at, s.next_recorded_at, s.next_position, $2, $3, $4)
