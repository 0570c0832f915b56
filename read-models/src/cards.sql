-- After the condition: $33 the field to sort by, $34 whether highest first, $35 and $36 the page. Numbers, dates and
-- instants are sorted as numbers, texts by code point in lower case; absent values last; ties by sale number.
ORDER BY
  CASE WHEN NOT $34::boolean THEN sort.number END ASC NULLS LAST,
  CASE WHEN $34 THEN sort.number END DESC NULLS LAST,
  CASE WHEN NOT $34 THEN sort.words END COLLATE "C" ASC NULLS LAST,
  CASE WHEN $34 THEN sort.words END COLLATE "C" DESC NULLS LAST,
  s.number
LIMIT $35 OFFSET $36
