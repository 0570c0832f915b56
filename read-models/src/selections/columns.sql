  v.stream_id, v.selection_id AS id, v.version, v.kind, v.name, v.owner, v.owner_group AS "group", v.category,
  v.description, v.visible_for, v.visible_group, v.completed, v.effective_at AS updated_at, v.criteria, v.view, v.members
