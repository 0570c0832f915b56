SELECT w.sale_id, w.number, w.title, w.owner, w.now AS status, w.stage_id, w.entered_at, w.left_at, w.entries, w.micros, w.exit
FROM whole AS w
WHERE ($43::uuid IS NULL OR w.stage_id = $43) AND ($44::text IS NULL OR w.exit = $44)
ORDER BY w.micros DESC, w.number, w.entered_at, w.stage_id LIMIT $45 OFFSET $46
