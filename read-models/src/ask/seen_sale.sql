((SELECT sight()) IS NULL OR CASE
    WHEN s.position <= COALESCE($4::bigint, s.position) AND s.next_position > COALESCE($4, 9223372036854775806)
    THEN seen(s.owner, s.owner_group, s.visible_for, s.visible_group, (SELECT sight()))
    ELSE COALESCE((
      SELECT seen(c.owner, c.owner_group, c.visible_for, c.visible_group, (SELECT sight()))
        FROM sale_version AS c
       WHERE c.stream_id = s.stream_id AND c.version > s.version AND c.position <= COALESCE($4, c.position)
         AND c.next_position > COALESCE($4, 9223372036854775806) LIMIT 1), false) END)
