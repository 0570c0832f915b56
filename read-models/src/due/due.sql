),
item AS (
  SELECT 'alarm' AS kind, 'activity' AS about, activity_id AS id, title, owner, starts_at AS due_at, begins AS due_day,
         NULL::bigint AS amount_minor, NULL::text AS currency
    FROM open_activity WHERE starts_at - alarm_minutes * interval '1 minute' <= $9::timestamptz AND ends >= $5::date
  UNION ALL
  SELECT 'overdue_activity', 'activity', activity_id, title, owner, ends_at, ends, NULL, NULL
    FROM open_activity WHERE ends < $5::date
  UNION ALL
  SELECT 'assignment', 'activity', activity_id, title, owner, starts_at, begins, NULL, NULL
    FROM open_activity WHERE assignment IN ('assigned', 'seen')
  UNION ALL
  SELECT 'overdue_sale', 'sale', sale_id, title, owner, NULL, sale_date, amount_minor, currency
    FROM held_sale WHERE status = 'open' AND sale_date < $5::date
  UNION ALL
  SELECT 'reopen', 'sale', sale_id, title, owner, NULL, reopen_date, amount_minor, currency
    FROM held_sale WHERE status = 'stalled' AND reopen_date <= $5::date
  UNION ALL
  SELECT 'follow_up', 'sale', sale_id, title, owner, NULL, reopen_date, amount_minor, currency
    FROM held_sale AS s WHERE status = 'stalled' AND reopen_date > $5::date AND NOT EXISTS (
      SELECT FROM activity_version AS a WHERE a.tenant_id = $1 AND a.sale_id = s.sale_id
        AND a.completed_on IS NULL AND NOT a.deleted
        AND held(a.effective_at, a.recorded_at, a.position, a.next_effective_at, a.next_recorded_at, a.next_position, $2, $3, $4)))
SELECT kind, about, id, title, owner, due_at, due_day, amount_minor, currency, count(*) OVER () AS total
  FROM item WHERE $10::text[] IS NULL OR kind = ANY ($10)
 ORDER BY due_day, due_at NULLS FIRST, kind, id LIMIT $11 OFFSET $12
