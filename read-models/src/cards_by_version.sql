FROM unnest($2::uuid[], $3::bigint[]) AS wanted (stream_id, version)
JOIN sale_version AS s ON s.stream_id = wanted.stream_id AND s.version = wanted.version
-- converted where it is shown: a row is kept for questions in every currency
CROSS JOIN (SELECT NULL::numeric AS numerator, NULL::numeric AS denominator) AS r
WHERE s.tenant_id = $1
