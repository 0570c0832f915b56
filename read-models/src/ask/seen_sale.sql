((SELECT sight()) IS NULL OR CASE
    WHEN s.position <= COALESCE((SELECT sight_at()), s.position)
     AND s.next_position > COALESCE((SELECT sight_at()), 9223372036854775806)
    THEN seen(s.owner, s.owner_group, s.visible_for, s.visible_group, (SELECT sight()))
    ELSE COALESCE((
      SELECT seen(c.owner, c.owner_group, c.visible_for, c.visible_group, (SELECT sight()))
        FROM sale_version AS c
       WHERE c.stream_id = s.stream_id AND c.version > s.version AND c.position <= COALESCE((SELECT sight_at()), c.position)
         AND c.next_position > COALESCE((SELECT sight_at()), 9223372036854775806) LIMIT 1), false) END)
