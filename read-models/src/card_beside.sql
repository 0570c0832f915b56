-- What a single card shows from beside the sale: $8 the sale, $9 its type, $10 who asks. The activity behind the next
-- activity date (SO-F20), whether the type has stakeholders (SK-1), how much of its guide is done, and whether the sale is
-- a favourite, as it is now (SO-32). What the first is goes before, as far as it is seen (SO-44).
  FROM activity_version AS a
    WHERE a.tenant_id = $1 AND a.sale_id = $8
      AND held(a.effective_at, a.recorded_at, a.position, a.next_effective_at, a.next_recorded_at, a.next_position, $2, $3, $4)
      AND a.completed_on IS NULL AND NOT a.deleted AND $5::date IS NOT NULL
    ORDER BY COALESCE(a.from_day::timestamp, wall_clock(a.starts_at, $6, $7)), a.activity_id
    LIMIT 1) AS next_activity_id,
  COALESCE((SELECT $8 = ANY (u.favourites) FROM user_version AS u
    WHERE u.tenant_id = $1 AND u.user_id = $10 AND ($4::bigint IS NULL OR u.position <= $4)
    ORDER BY u.version DESC LIMIT 1), false) AS favourite,
  COALESCE(t.stakeholders, false) AS stakeholders, COALESCE(t.guide, false) AS guide, g.items, g.done
FROM (SELECT) AS sale
LEFT JOIN sale_type_version AS t
  ON t.tenant_id = $1 AND t.sale_type_id = $9
  AND held(t.effective_at, t.recorded_at, t.position, t.next_effective_at, t.next_recorded_at, t.next_position, $2, $3, $4)
CROSS JOIN LATERAL (
  SELECT count(*) AS items, count(*) FILTER (WHERE c.done) AS done
    FROM jsonb_array_elements(CASE WHEN t.guide THEN t.items END) AS i (item)
    LEFT JOIN (
      SELECT b.guide_item, bool_and(b.completed_on IS NOT NULL) AS done FROM activity_version AS b
       WHERE b.tenant_id = $1 AND b.sale_id = $8 AND b.guide_item IS NOT NULL AND NOT b.deleted
         AND EXISTS (SELECT FROM activity_version AS f
                      WHERE f.stream_id = b.stream_id AND f.version = 1 AND f.sale_id = $8)
         AND held(b.effective_at, b.recorded_at, b.position, b.next_effective_at, b.next_recorded_at, b.next_position, $2, $3, $4)
       GROUP BY b.guide_item) AS c ON c.guide_item = (i.item ->> 'id')::uuid
   WHERE (i.item ->> 'stage')::uuid = ANY (t.stages)) AS g
