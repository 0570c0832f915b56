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
FROM unnest(
  $1::integer[], $2::uuid[], $3::bigint[], $4::bigint[], $5::timestamptz[], $6::timestamptz[], $7::bigint[],
  $8::timestamptz[], $9::timestamptz[], $10::uuid[], $11::bigint[], $12::text[], $13::text[], $14::text[],
  $15::uuid[], $16::text[], $17::uuid[], $18::timestamptz[], $19::uuid[], $20::smallint[], $21::text[],
  $22::bigint[], $23::bigint[], $24::bigint[], $25::bigint[], $26::numeric[], $27::text[], $28::text[],
  $29::date[], $30::text[], $31::uuid[], $32::text[], $33::uuid[], $34::text[], $35::uuid[], $36::text[],
  $37::text[], $38::date[], $39::text[], $40::date[], $41::text[], $42::text[], $43::boolean[],
  $44::timestamptz[], $45::text[]
) AS v (
  tenant_id, stream_id, version, position, effective_at, recorded_at, next_position, next_effective_at,
  next_recorded_at, sale_id, number, title, description, status, sale_type_id, category, stage_id,
  stage_entered_at, stage_when_closed, probability, currency, amount_minor, weighted_minor, total_cost_minor,
  profit_minor, profit_percent, owner, owner_group, sale_date, source, company_id, company_name, contact_id,
  contact_name, project_id, project_name, external_reference, reopen_date, stall_reason, close_date, reason,
  competitor, completed, registered_at, title_folded)
