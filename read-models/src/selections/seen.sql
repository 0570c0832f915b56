-- Whether whoever asks sees the selection of a version `v`, by its newest version: $5 the user, $6 their groups, $7 whether they see what is hidden.
EXISTS (SELECT FROM selection_version AS c
         WHERE c.stream_id = v.stream_id AND c.next_position = 9223372036854775807
           AND (c.owner = $5 OR c.visible_for = 'all' OR $7::boolean
                OR (c.visible_for = 'group' AND c.visible_group = ANY ($6::text[]))))
