-- After the condition: $27 the field to sort by, $28 whether highest first, $29 and $30 the page. Absent values last,
-- ties by start, then id.
ORDER BY
  CASE WHEN NOT $28::boolean THEN 
    CASE $27::text WHEN 'start' THEN w.begins WHEN 'end' THEN w.ends WHEN 'completed_on' THEN a.completed_on::timestamp WHEN 'updated_at' THEN a.effective_at AT TIME ZONE 'UTC' END
    END ASC NULLS LAST,
  CASE WHEN $28 THEN 
    CASE $27::text WHEN 'start' THEN w.begins WHEN 'end' THEN w.ends WHEN 'completed_on' THEN a.completed_on::timestamp WHEN 'updated_at' THEN a.effective_at AT TIME ZONE 'UTC' END
    END DESC NULLS LAST,
  CASE WHEN NOT $28 THEN 
    CASE $27 WHEN 'title' THEN a.title_folded WHEN 'kind' THEN a.kind WHEN 'owner' THEN lower(a.owner) END
    END COLLATE "C" ASC NULLS LAST,
  CASE WHEN $28 THEN 
    CASE $27 WHEN 'title' THEN a.title_folded WHEN 'kind' THEN a.kind WHEN 'owner' THEN lower(a.owner) END
    END COLLATE "C" DESC NULLS LAST,
  w.begins, a.activity_id
LIMIT $29 OFFSET $30
