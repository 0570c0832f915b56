), whole AS (
  -- of each sale and stage what its stays come to; the last of them says what became of it
  SELECT stage_id, stream_id, sale_id, number, title, owner, now, count(*) AS entries, min(entered_at) AS entered_at, sum(micros)::bigint AS micros,
    (array_agg(left_at ORDER BY version DESC))[1] AS left_at, (array_agg(exit ORDER BY version DESC))[1] AS exit
  FROM stay GROUP BY stage_id, stream_id, sale_id, number, title, owner, now
)
