-- What the columns of a list add up to (SD-24 to SD-26), over the rows of `m`: as a whole, and by up to three fields in
-- the order they were asked for ($27 to $29).
SELECT grouping(k1) = 1 AS whole, k1, k2, k3, count(*) AS count,
       sum(minutes)::bigint AS minutes_sum, (sum(minutes) / count(minutes))::bigint AS minutes_avg,
       min(minutes)::bigint AS minutes_min, max(minutes)::bigint AS minutes_max,
       min(begins)::date AS first_day, max(ends)::date AS last_day
  FROM (SELECT *,
          CASE $27::text WHEN 'owner' THEN owner WHEN 'group' THEN owner_group WHEN 'kind' THEN kind
            WHEN 'priority' THEN priority WHEN 'completed' THEN (completed_on IS NOT NULL)::text
            WHEN 'day' THEN begins::date::text WHEN 'company' THEN company_name WHEN 'contact' THEN contact_name
            WHEN 'sale' THEN sale_id::text END AS k1,
          CASE $28::text WHEN 'owner' THEN owner WHEN 'group' THEN owner_group WHEN 'kind' THEN kind
            WHEN 'priority' THEN priority WHEN 'completed' THEN (completed_on IS NOT NULL)::text
            WHEN 'day' THEN begins::date::text WHEN 'company' THEN company_name WHEN 'contact' THEN contact_name
            WHEN 'sale' THEN sale_id::text END AS k2,
          CASE $29::text WHEN 'owner' THEN owner WHEN 'group' THEN owner_group WHEN 'kind' THEN kind
            WHEN 'priority' THEN priority WHEN 'completed' THEN (completed_on IS NOT NULL)::text
            WHEN 'day' THEN begins::date::text WHEN 'company' THEN company_name WHEN 'contact' THEN contact_name
            WHEN 'sale' THEN sale_id::text END AS k3
          FROM m) AS keyed
 GROUP BY GROUPING SETS ((k1, k2, k3), ())
 ORDER BY 1 DESC, k1 COLLATE "C" NULLS LAST, k2 COLLATE "C" NULLS LAST, k3 COLLATE "C" NULLS LAST
 LIMIT $30
