FROM unnest($2::uuid[], $3::bigint[]) AS wanted (stream_id, version)
-- The plan is kept, and may have been made on a small table, where any join and index will do: LATERAL … LIMIT pins a probe.
-- The tenant is looked at outside: named inside, an index by tenant looks as good as the key
CROSS JOIN LATERAL (SELECT v.* FROM sale_version AS v
                     WHERE v.stream_id = wanted.stream_id AND v.version = wanted.version LIMIT 1) AS s
-- converted where it is shown: a row is kept for questions in every currency
CROSS JOIN (SELECT NULL::numeric AS numerator, NULL::numeric AS denominator) AS r
WHERE s.tenant_id = $1
