  -- $8 owners, $9 groups, $10 and $11 the display range, $12 the days ahead; $15 whether what is done is gone (SD-13)
  AND a.kind <> 'document'
  AND ($8::text[] IS NULL OR a.owner = ANY ($8))
  AND ($9::text[] IS NULL OR a.owner_group = ANY ($9))
  AND (a.completed_on IS NULL OR (a.completed_on >= $5::date AND NOT $15::boolean))
  AND (w.begins::date <= $5 + $12::integer OR (w.begins::date <= $11::date AND w.ends::date >= $10::date))
