-- $39 the word of columns: open sales stand in theirs, all others in the lane of their status. $40 how many of each.
SELECT s.stream_id, s.status,
  CASE WHEN s.status = 'open' THEN
    CASE $39::text WHEN 'stage' THEN s.stage_id::text WHEN 'sale_type' THEN s.sale_type_id::text
      WHEN 'owner' THEN s.owner WHEN 'group' THEN s.owner_group END
  END AS key, row_number() OVER (
  PARTITION BY s.status,
    CASE WHEN s.status = 'open' THEN
      CASE $39 WHEN 'stage' THEN s.stage_id::text WHEN 'sale_type' THEN s.sale_type_id::text
        WHEN 'owner' THEN s.owner WHEN 'group' THEN s.owner_group END
    END
