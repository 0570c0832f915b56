),
-- sales, likewise
held_sale AS (
  SELECT s.sale_id, s.title, s.owner, s.status, s.sale_date, s.reopen_date, s.amount_minor, s.currency
    FROM sale_version AS s
   WHERE s.tenant_id = $1 AND NOT s.deleted AND ($8::text[] IS NULL OR s.owner = ANY ($8))
     AND held(s.effective_at, s.recorded_at, s.position, s.next_effective_at, s.next_recorded_at, s.next_position, $2, $3, $4)
     AND ($10::text[] IS NULL OR $10 && '{overdue_sale,reopen,follow_up}')
     AND (s.status = 'stalled' OR (s.status = 'open' AND s.sale_date < $5::date))
     AND 
