FROM unnest($2::uuid[], $3::bigint[]) AS wanted (stream_id, version)
-- LATERAL … LIMIT pins probes by key: the plan is kept, and may have been made on a small table
CROSS JOIN LATERAL (SELECT v.* FROM sale_version AS v
                     WHERE v.stream_id = wanted.stream_id AND v.version = wanted.version AND v.tenant_id = $1 LIMIT 1) AS s
-- converted where it is shown: a row is kept for questions in every currency
CROSS JOIN (SELECT NULL::numeric AS numerator, NULL::numeric AS denominator) AS r
