-- After the condition: $26 the field to sort by, $27 whether highest first, $28 and $29 the page. Absent values last,
-- ties by start, then id.
ORDER BY
  CASE WHEN NOT $27::boolean THEN 
    CASE $26::text WHEN 'start' THEN w.begins WHEN 'end' THEN w.ends WHEN 'completed_on' THEN a.completed_on::timestamp WHEN 'updated_at' THEN a.effective_at AT TIME ZONE 'UTC' END
    END ASC NULLS LAST,
  CASE WHEN $27 THEN 
    CASE $26::text WHEN 'start' THEN w.begins WHEN 'end' THEN w.ends WHEN 'completed_on' THEN a.completed_on::timestamp WHEN 'updated_at' THEN a.effective_at AT TIME ZONE 'UTC' END
    END DESC NULLS LAST,
  CASE WHEN NOT $27 THEN 
    CASE $26 WHEN 'title' THEN a.title_folded WHEN 'kind' THEN a.kind WHEN 'owner' THEN lower(a.owner) END
    END COLLATE "C" ASC NULLS LAST,
  CASE WHEN $27 THEN 
    CASE $26 WHEN 'title' THEN a.title_folded WHEN 'kind' THEN a.kind WHEN 'owner' THEN lower(a.owner) END
    END COLLATE "C" DESC NULLS LAST,
  w.begins, a.activity_id
LIMIT $28 OFFSET $29
