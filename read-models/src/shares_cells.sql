-- $37 what to group by, $38 the column of items and $39 which of them, $40 the periods, $41 and $42 the days, if there are
-- periods, $43 to $47 the rates by day. One pass over the sales.
SELECT
  CASE $40::text WHEN 'month' THEN to_char(s.sale_date, 'YYYY-MM') WHEN 'quarter' THEN to_char(s.sale_date, 'YYYY-"Q"Q')
                 WHEN 'year' THEN to_char(s.sale_date, 'YYYY') END AS period,
  told.key, told.item, s.currency, r.numerator IS NOT NULL AS rated,
  count(*) AS count, min(s.sale_date) AS first_day,
  COALESCE(sum(converted(s.amount_minor, r.numerator, r.denominator)), 0)::text AS amount,
  COALESCE(sum(converted(s.weighted_minor, r.numerator, r.denominator)), 0)::text AS weighted,
  COALESCE(sum(converted(s.profit_minor, r.numerator, r.denominator)), 0)::text AS profit
FROM sale_version AS s
