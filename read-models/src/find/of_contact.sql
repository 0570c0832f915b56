-- What a field of a contact holds, $8; $1 to $7 the moment. With $17 only what changed since that position. Contacts are
-- never gone.
SELECT c.contact_id AS element, c.contact_id AS sale_id, false AS gone,
  CASE $8::text
    WHEN 'contact.email' THEN c.email
    WHEN 'contact.phone' THEN c.phone
  END AS word,
  NULL::numeric AS number,
  NULL::date AS day
FROM contact_version AS c
WHERE c.tenant_id = $1 AND ($5::date, $6::timestamptz[], $7::integer[]) IS NOT NULL
  AND ($17::bigint IS NULL OR c.position > $17)
  AND held(c.effective_at, c.recorded_at, c.position, c.next_effective_at, c.next_recorded_at, c.next_position, $2, $3, $4)
