)
SELECT stage_id, entered_at, left_at, micros, exit FROM stay ORDER BY version
