) AS f
-- $9 the test: whether there is a value, one of $10, a number from $11 to $13 ($12 and $14: the bound itself too), a day
-- from $15 to $16; texts are compared by whoever asks.
CROSS JOIN LATERAL (SELECT NOT f.gone AND COALESCE(CASE $9
  WHEN 'present' THEN COALESCE(f.word, f.number::text, f.day::text) IS NOT NULL
  WHEN 'text' THEN f.word IS NOT NULL
  WHEN 'among' THEN f.word = ANY ($10::text[])
  WHEN 'number' THEN ($11::text IS NULL OR f.number > $11::numeric OR ($12::boolean AND f.number = $11::numeric))
                 AND ($13::text IS NULL OR f.number < $13::numeric OR ($14::boolean AND f.number = $13::numeric))
  WHEN 'days' THEN f.day BETWEEN COALESCE($15::date, '-infinity') AND COALESCE($16::date, 'infinity')
END, false) AS passes) AS t
WHERE t.passes OR $17 IS NOT NULL
