-- Activities that may want attention, judged by sight last and narrow: there may be a hundred thousand. $8 owners, $9 the
-- moment, $10 kinds.
WITH open_activity AS (
  SELECT a.activity_id, a.title, a.owner, a.starts_at, a.ends_at, a.alarm_minutes, a.assignment, w.begins, w.ends
    FROM activity_version AS a
   CROSS JOIN LATERAL (SELECT
     COALESCE(a.from_day, wall_clock(a.starts_at, $6, $7)::date) AS begins,
     COALESCE(a.to_day, wall_clock(a.ends_at, $6, $7)::date) AS ends) AS w
   WHERE a.tenant_id = $1 AND a.completed_on IS NULL AND NOT a.deleted AND ($8::text[] IS NULL OR a.owner = ANY ($8))
     AND held(a.effective_at, a.recorded_at, a.position, a.next_effective_at, a.next_recorded_at, a.next_position, $2, $3, $4)
     AND ($10::text[] IS NULL OR $10 && '{alarm,overdue_activity,assignment}')
     AND (w.ends < $5::date OR a.assignment IN ('assigned', 'seen')
          OR a.starts_at - a.alarm_minutes * interval '1 minute' <= $9::timestamptz)
     AND 
