-- $12 the field to sort by, $13 whether the other way; ties by name and id.
ORDER BY
  CASE WHEN NOT $13::boolean THEN CASE $12::text WHEN 'name' THEN lower(v.name) WHEN 'owner' THEN lower(v.owner) END END
    COLLATE "C" ASC NULLS LAST,
  CASE WHEN $13 THEN CASE $12 WHEN 'name' THEN lower(v.name) WHEN 'owner' THEN lower(v.owner) END END
    COLLATE "C" DESC NULLS LAST,
  CASE WHEN NOT $13 AND $12 = 'updated_at' THEN v.effective_at END ASC NULLS LAST,
  CASE WHEN $13 AND $12 = 'updated_at' THEN v.effective_at END DESC NULLS LAST,
  lower(v.name) COLLATE "C", v.selection_id
