  AND a.sale_id = s.sale_id
  GROUP BY a.sale_id
) AS n ON true
-- $37 and $38 the display range, $39 the days ahead
CROSS JOIN LATERAL (SELECT
  COALESCE(s.reopen_date, n.next_activity_date) AS next_date,
  array_remove(ARRAY[
    CASE WHEN s.sale_date BETWEEN $37::date AND $38::date THEN 1 END,
    CASE WHEN COALESCE(s.reopen_date, n.next_activity_date) BETWEEN $5 AND $5 + $39::integer THEN 2 END,
    CASE WHEN n.overdue THEN 3 END,
    CASE WHEN s.reopen_date IS NOT NULL THEN 4 END], NULL) AS rules) AS d
WHERE d.rules <> '{}' AND
