SELECT w.stage_id, count(*) AS entered, sum(w.entries)::bigint AS entries,
  count(*) FILTER (WHERE w.exit = 'went_on') AS went_on, count(*) FILTER (WHERE w.exit = 'went_back') AS went_back,
  count(*) FILTER (WHERE w.exit = 'moved') AS moved, count(*) FILTER (WHERE w.exit = 'won') AS won,
  count(*) FILTER (WHERE w.exit = 'lost') AS lost, count(*) FILTER (WHERE w.exit = 'still_there') AS still_there,
  count(*) FILTER (WHERE w.now = 'won') AS ended_won, count(*) FILTER (WHERE w.now = 'lost') AS ended_lost,
  -- sum, lower and upper middle, least, most: of those that left, then of those that did not
  ARRAY[sum(w.micros) FILTER (WHERE w.exit <> 'still_there'),
        percentile_disc(0.5) WITHIN GROUP (ORDER BY w.micros) FILTER (WHERE w.exit <> 'still_there'),
        percentile_disc(0.5) WITHIN GROUP (ORDER BY w.micros DESC) FILTER (WHERE w.exit <> 'still_there'),
        min(w.micros) FILTER (WHERE w.exit <> 'still_there'),
        max(w.micros) FILTER (WHERE w.exit <> 'still_there')]::text[] AS left_after,
  ARRAY[sum(w.micros) FILTER (WHERE w.exit = 'still_there'),
        percentile_disc(0.5) WITHIN GROUP (ORDER BY w.micros) FILTER (WHERE w.exit = 'still_there'),
        percentile_disc(0.5) WITHIN GROUP (ORDER BY w.micros DESC) FILTER (WHERE w.exit = 'still_there'),
        min(w.micros) FILTER (WHERE w.exit = 'still_there'),
        max(w.micros) FILTER (WHERE w.exit = 'still_there')]::text[] AS there_for
FROM whole AS w GROUP BY w.stage_id
UNION ALL
-- without a stage: every sale that entered any, once
SELECT NULL, count(*), COALESCE(sum(entries), 0)::bigint, 0, 0, 0, 0, 0, 0, count(*) FILTER (WHERE now = 'won'),
  count(*) FILTER (WHERE now = 'lost'), '{}', '{}'
FROM (SELECT stream_id, now, sum(entries) AS entries FROM whole GROUP BY stream_id, now) AS once
