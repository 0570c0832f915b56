-- After the condition: $32 the field to sort by, $33 whether highest first, $34 and $35 the page. Numbers, dates and
-- instants are sorted as numbers, texts by code point in lower case; absent values last; ties by sale number.
ORDER BY
  CASE WHEN NOT $33::boolean THEN sort.number END ASC NULLS LAST,
  CASE WHEN $33 THEN sort.number END DESC NULLS LAST,
  CASE WHEN NOT $33 THEN sort.words END COLLATE "C" ASC NULLS LAST,
  CASE WHEN $33 THEN sort.words END COLLATE "C" DESC NULLS LAST,
  s.number
LIMIT $34 OFFSET $35
