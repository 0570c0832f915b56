), line AS (
  -- their versions up to the moment: while a sale is won or lost it is in no stage, while it is stalled it is
  SELECT meant.sale_id, meant.number, meant.title, meant.owner, meant.status AS now,
    v.stream_id, v.version, v.effective_at, v.sale_type_id, v.status, v.status IN ('won', 'lost') AS closed,
    CASE WHEN v.status IN ('open', 'stalled') THEN v.stage_id END AS stage_id
  FROM meant JOIN sale_version AS v ON v.stream_id = meant.stream_id
  WHERE v.tenant_id = $1 AND ($2::timestamptz IS NULL OR v.effective_at <= $2)
    AND ($3::timestamptz IS NULL OR v.recorded_at <= $3) AND ($4::bigint IS NULL OR v.position <= $4)
), step AS (
  SELECT * FROM (
    SELECT line.*, lag(version) OVER w IS NULL OR stage_id IS DISTINCT FROM lag(stage_id) OVER w
                   OR closed IS DISTINCT FROM lag(closed) OVER w AS is_step
    FROM line WINDOW w AS (PARTITION BY stream_id ORDER BY version)
  ) AS marked WHERE is_step
), next AS (
  SELECT sale_id, number, title, owner, now, stream_id, version, stage_id, effective_at AS entered_at, lead(effective_at) OVER w AS left_at,
    lead(stage_id) OVER w AS next_stage, lead(status) OVER w AS next_status, lead(sale_type_id) OVER w AS next_type
  FROM step WINDOW w AS (PARTITION BY stream_id ORDER BY version)
), stay AS (
  -- later is what stands later in the type the sale then has, else what has the higher rank
  SELECT n.sale_id, n.number, n.title, n.owner, n.now, n.stream_id, n.version, n.stage_id, n.entered_at, n.left_at,
    GREATEST(extract(epoch FROM COALESCE(n.left_at, $39::timestamptz) - n.entered_at) * 1000000, 0)::bigint AS micros,
    CASE WHEN n.left_at IS NULL THEN 'still_there' WHEN n.next_status IN ('won', 'lost') THEN n.next_status
         WHEN o.ahead > 0 THEN 'went_on' WHEN o.ahead < 0 THEN 'went_back' ELSE 'moved' END AS exit
  FROM next AS n
  LEFT JOIN sale_type_version AS t ON t.tenant_id = $1 AND t.sale_type_id = n.next_type
    AND held(t.effective_at, t.recorded_at, t.position, t.next_effective_at, t.next_recorded_at, t.next_position, $2, $3, $4)
  CROSS JOIN LATERAL (SELECT COALESCE(
    array_position(t.stages, n.next_stage) - array_position(t.stages, n.stage_id),
    ($42::integer[])[array_position($41::uuid[], n.next_stage)] - ($42)[array_position($41, n.stage_id)]) AS ahead) AS o
  WHERE n.stage_id IS NOT NULL AND ($37::timestamptz IS NULL OR n.entered_at >= $37)
    AND ($38::timestamptz IS NULL OR n.entered_at < $38)
