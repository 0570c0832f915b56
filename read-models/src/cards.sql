-- After the condition: $26 the field to sort by, $27 whether highest first, $28 and $29 the page. Numbers, dates and
-- instants are sorted as numbers, texts by code point in lower case; absent values last; ties by sale number.
ORDER BY
  CASE WHEN NOT $27::boolean THEN sort.number END ASC NULLS LAST,
  CASE WHEN $27 THEN sort.number END DESC NULLS LAST,
  CASE WHEN NOT $27 THEN sort.words END COLLATE "C" ASC NULLS LAST,
  CASE WHEN $27 THEN sort.words END COLLATE "C" DESC NULLS LAST,
  s.number
LIMIT $28 OFFSET $29
