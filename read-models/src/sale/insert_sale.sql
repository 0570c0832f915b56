-- New versions of sales: $1 to $9 as `version::bind_places` binds them, then the columns of the row.
INSERT INTO sale_version (
  tenant_id, stream_id, version, position, effective_at, recorded_at, next_position, next_effective_at,
  next_recorded_at, sale_id, number, title, description, status, sale_type_id, category, stage_id,
  stage_entered_at, stage_when_closed, probability, currency, amount_minor, weighted_minor, total_cost_minor,
  profit_minor, profit_percent, owner, owner_group, sale_date, source, company_id, company_name, contact_id,
  contact_name, project_id, project_name, external_reference, reopen_date, stall_reason, close_date, reason,
  competitor, completed, registered_at, title_folded)
SELECT
  tenant_id, stream_id, version, position, effective_at, recorded_at, COALESCE(next_position,
  9223372036854775807), COALESCE(next_effective_at, 'infinity'), COALESCE(next_recorded_at, 'infinity'),
  sale_id, number, title, description, status, sale_type_id, category, stage_id, stage_entered_at,
  stage_when_closed, probability, currency, amount_minor, weighted_minor, total_cost_minor, profit_minor,
  profit_percent, owner, owner_group, sale_date, source, company_id, company_name, contact_id, contact_name,
  project_id, project_name, external_reference, reopen_date, stall_reason, close_date, reason, competitor,
  completed, registered_at, title_folded
-- side by side in the list: unnest of several in FROM would store each array once more before the first row
FROM (SELECT
  unnest($1::integer[]) AS tenant_id, unnest($2::uuid[]) AS stream_id, unnest($3::bigint[]) AS version,
  unnest($4::bigint[]) AS position, unnest($5::timestamptz[]) AS effective_at,
  unnest($6::timestamptz[]) AS recorded_at, unnest($7::bigint[]) AS next_position,
  unnest($8::timestamptz[]) AS next_effective_at, unnest($9::timestamptz[]) AS next_recorded_at,
  unnest($10::uuid[]) AS sale_id, unnest($11::bigint[]) AS number, unnest($12::text[]) AS title,
  unnest($13::text[]) AS description, unnest($14::text[]) AS status, unnest($15::uuid[]) AS sale_type_id,
  unnest($16::text[]) AS category, unnest($17::uuid[]) AS stage_id,
  unnest($18::timestamptz[]) AS stage_entered_at, unnest($19::uuid[]) AS stage_when_closed,
  unnest($20::smallint[]) AS probability, unnest($21::text[]) AS currency,
  unnest($22::bigint[]) AS amount_minor, unnest($23::bigint[]) AS weighted_minor,
  unnest($24::bigint[]) AS total_cost_minor, unnest($25::bigint[]) AS profit_minor,
  unnest($26::numeric[]) AS profit_percent, unnest($27::text[]) AS owner, unnest($28::text[]) AS owner_group,
  unnest($29::date[]) AS sale_date, unnest($30::text[]) AS source, unnest($31::uuid[]) AS company_id,
  unnest($32::text[]) AS company_name, unnest($33::uuid[]) AS contact_id, unnest($34::text[]) AS contact_name,
  unnest($35::uuid[]) AS project_id, unnest($36::text[]) AS project_name,
  unnest($37::text[]) AS external_reference, unnest($38::date[]) AS reopen_date,
  unnest($39::text[]) AS stall_reason, unnest($40::date[]) AS close_date, unnest($41::text[]) AS reason,
  unnest($42::text[]) AS competitor, unnest($43::boolean[]) AS completed,
  unnest($44::timestamptz[]) AS registered_at, unnest($45::text[]) AS title_folded) AS v
