-- After the condition: $20 the field to sort by, $21 whether highest first, $22 and $23 the page. Absent values last,
-- ties by start, then id.
ORDER BY
  CASE WHEN NOT $21::boolean THEN 
    CASE $20::text WHEN 'start' THEN w.begins WHEN 'end' THEN w.ends WHEN 'completed_on' THEN a.completed_on::timestamp WHEN 'updated_at' THEN a.effective_at AT TIME ZONE 'UTC' END
    END ASC NULLS LAST,
  CASE WHEN $21 THEN 
    CASE $20::text WHEN 'start' THEN w.begins WHEN 'end' THEN w.ends WHEN 'completed_on' THEN a.completed_on::timestamp WHEN 'updated_at' THEN a.effective_at AT TIME ZONE 'UTC' END
    END DESC NULLS LAST,
  CASE WHEN NOT $21 THEN 
    CASE $20 WHEN 'title' THEN a.title_folded WHEN 'kind' THEN a.kind WHEN 'owner' THEN lower(a.owner) END
    END COLLATE "C" ASC NULLS LAST,
  CASE WHEN $21 THEN 
    CASE $20 WHEN 'title' THEN a.title_folded WHEN 'kind' THEN a.kind WHEN 'owner' THEN lower(a.owner) END
    END COLLATE "C" DESC NULLS LAST,
  w.begins, a.activity_id
LIMIT $22 OFFSET $23
