((SELECT sight()) IS NULL OR COALESCE((
    SELECT seen_activity(c.owner, c.owner_group, (SELECT sight()))
       AND (c.owner = (SELECT sight())[1] OR c.sale_stream_id IS NULL OR COALESCE((
         SELECT seen(d.owner, d.owner_group, d.visible_for, d.visible_group, (SELECT sight()))
           FROM sale_version AS d
          WHERE d.stream_id = c.sale_stream_id AND d.position <= COALESCE((SELECT sight_at()), d.position)
            AND d.next_position > COALESCE((SELECT sight_at()), 9223372036854775806) LIMIT 1), false))
      FROM activity_version AS c
     WHERE c.stream_id = a.stream_id AND c.version >= a.version AND c.position <= COALESCE((SELECT sight_at()), c.position)
       AND c.next_position > COALESCE((SELECT sight_at()), 9223372036854775806) LIMIT 1), false))
