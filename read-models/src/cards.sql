-- After the condition: $37 the field to sort by, $38 whether highest first. Numbers, dates and
-- instants are sorted as numbers, texts by code point in lower case; absent values last; ties by sale number.
ORDER BY
  CASE WHEN NOT $38::boolean THEN sort.number END ASC NULLS LAST,
  CASE WHEN $38 THEN sort.number END DESC NULLS LAST,
  CASE WHEN NOT $38 THEN sort.words END COLLATE "C" ASC NULLS LAST,
  CASE WHEN $38 THEN sort.words END COLLATE "C" DESC NULLS LAST,
  s.number
