-- Whether whoever asks sees the activity of a version `a`, by its newest version up to where sight goes; unless it is their
-- own, also whether they see the sale it is about. A row that is the newest itself, as nearly all are that are asked for, is
-- judged without a look-up. What is asked of the two functions stands in a row `k`: given a sub-select, they would be called
-- row by row instead of becoming part of the statement, and that took most of the time of a long list.
((SELECT sight()) IS NULL OR COALESCE((
  SELECT CASE
      WHEN a.position <= COALESCE(k.up_to, a.position) AND a.next_position > COALESCE(k.up_to, 9223372036854775806)
      THEN seen_activity(a.owner, a.owner_group, k.sight) AND (a.owner = k.sight[1] OR a.sale_stream_id IS NULL OR COALESCE((
        SELECT seen(d.owner, d.owner_group, d.visible_for, d.visible_group, k.sight) FROM sale_version AS d
         WHERE d.stream_id = a.sale_stream_id AND d.next_position = 9223372036854775807
           AND d.position <= COALESCE(k.up_to, d.position)), (
        SELECT seen(d.owner, d.owner_group, d.visible_for, d.visible_group, k.sight) FROM sale_version AS d
         WHERE d.stream_id = a.sale_stream_id AND d.position <= k.up_to AND d.next_position > k.up_to LIMIT 1), false))
      ELSE (
        SELECT seen_activity(c.owner, c.owner_group, k.sight) AND (c.owner = k.sight[1] OR c.sale_stream_id IS NULL OR COALESCE((
            SELECT seen(d.owner, d.owner_group, d.visible_for, d.visible_group, k.sight) FROM sale_version AS d
             WHERE d.stream_id = c.sale_stream_id AND d.position <= COALESCE(k.up_to, d.position)
               AND d.next_position > COALESCE(k.up_to, 9223372036854775806) LIMIT 1), false))
          FROM activity_version AS c
         WHERE c.stream_id = a.stream_id AND c.version > a.version AND c.position <= COALESCE(k.up_to, c.position)
           AND c.next_position > COALESCE(k.up_to, 9223372036854775806) LIMIT 1) END
    FROM (SELECT (SELECT sight()) AS sight, (SELECT sight_at()) AS up_to OFFSET 0) AS k), false))
