-- Read model `activity`, one generation. Run with search_path set to the generation's schema, as es_owner.
--
-- The table holds every version of every activity; when a version holds is told by the same coordinates as in read
-- model `sale`, and a current version has 'infinity' and 9223372036854775807 in next_*. Nothing here depends on the
-- day or the zone it is read in: what is overdue, and on which day an instant falls, is decided by the question.

CREATE TABLE activity_version (
  tenant_id         integer     NOT NULL,
  stream_id         uuid        NOT NULL,           -- uuid5 of tenant and activity
  version           bigint      NOT NULL,
  position          bigint      NOT NULL,
  effective_at      timestamptz NOT NULL,
  recorded_at       timestamptz NOT NULL,
  next_position     bigint      NOT NULL DEFAULT 9223372036854775807,
  next_effective_at timestamptz NOT NULL DEFAULT 'infinity',
  next_recorded_at  timestamptz NOT NULL DEFAULT 'infinity',
  activity_id       uuid        NOT NULL,
  kind              text        NOT NULL CHECK (kind IN ('meeting', 'to_do', 'call', 'document')),
  from_day          date,                           -- whole days (SD-1, SD-4), a document's day …
  to_day            date,
  starts_at         timestamptz,                    -- … or from one instant to another
  ends_at           timestamptz,
  owner             text        NOT NULL,
  owner_group       text,                           -- the owner's primary group when they became owner
  title             text        NOT NULL,
  title_folded      text        NOT NULL,           -- lower case by Unicode, whatever the database's locale
  description       text,
  sale_stream_id    uuid,                           -- stream of the sale it is about
  sale_id           uuid,
  company_id        uuid,
  company_name      text,
  contact_id        uuid,
  contact_name      text,
  project_id        uuid,
  project_name      text,
  alarm_minutes     integer,
  location          text,
  location_folded   text,
  company_folded    text,
  contact_folded    text,
  priority          text,                           -- key of the list of priorities (SD-5)
  follow_up_type    text,                           -- key of the list of types of follow-ups (SD-1)
  assigned_by       text,                           -- who gave it to the owner, when that was somebody else (SD-8)
  assignment        text CHECK (assignment IN ('assigned', 'seen', 'declined')),
  series_id         uuid,                           -- first occurrence of its series (SD-11)
  series_number     integer,
  guide_item        uuid,                           -- the item of a guide it was created from (SG-12)
  template          text,                           -- of a document (SG-5, SG-13), like the next one
  our_reference     text,
  completed_on      date,                           -- business date; NULL while it is not done (SD-9)
  deleted           boolean     NOT NULL,
  planned_at        timestamptz NOT NULL,           -- effective time of its first event
  PRIMARY KEY (stream_id, version),
  CHECK ((from_day IS NULL) = (to_day IS NULL)),
  CHECK ((starts_at IS NULL) = (ends_at IS NULL)),
  CHECK ((from_day IS NULL) <> (starts_at IS NULL))
);
CREATE UNIQUE INDEX activity_current ON activity_version (stream_id) WHERE next_position = 9223372036854775807;
-- next activity and overdue mark of sales as they are now
CREATE INDEX activity_open_of_sale ON activity_version (tenant_id, sale_id)
  INCLUDE (from_day, to_day, starts_at, ends_at)
  WHERE next_position = 9223372036854775807 AND completed_on IS NULL AND NOT deleted AND sale_id IS NOT NULL;
-- the same at any other moment
CREATE INDEX activity_of_sale ON activity_version (tenant_id, sale_id) WHERE sale_id IS NOT NULL;
-- what was created from a guide, at any moment
CREATE INDEX activity_of_guide ON activity_version (tenant_id, sale_id) WHERE guide_item IS NOT NULL;
-- somebody's diary: not done, or done since a day
CREATE INDEX activity_current_of_owner ON activity_version (tenant_id, owner, completed_on)
  WHERE next_position = 9223372036854775807 AND NOT deleted;
CREATE INDEX activity_as_of ON activity_version (tenant_id, owner, effective_at, next_effective_at);

-- Whether a version holds at (as_of a, known_at p, position q); NULL = unbounded, three NULLs = the current version.
-- Every generation of every read model has this function, word for word.
CREATE FUNCTION held(
  effective_at timestamptz, recorded_at timestamptz, "position" bigint,
  next_effective_at timestamptz, next_recorded_at timestamptz, next_position bigint,
  a timestamptz, p timestamptz, q bigint) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT (a IS NULL OR effective_at <= a) AND (p IS NULL OR recorded_at <= p) AND (q IS NULL OR "position" <= q)
     AND ((a IS NULL AND p IS NULL AND q IS NULL AND next_position = 9223372036854775807)
          OR next_effective_at > a OR next_recorded_at > p OR next_position > q)
$$;

-- What a clock on the wall shows at an instant. The zone is two arrays that the program brings, since a database may
-- know other zones or other rules: where its offset changes, and the offsets in seconds before, between and after.
CREATE FUNCTION wall_clock("at" timestamptz, changes timestamptz[], offsets integer[]) RETURNS timestamp
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT "at" AT TIME ZONE 'UTC' + offsets[1 + width_bucket("at", changes)] * interval '1 second'
$$;

-- Whether an activity of this owner and group is in sight, were it about no sale; see the read model `sale`.
CREATE FUNCTION seen_activity(owner text, owner_group text, sight text[]) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT substr(sight[2], CASE WHEN owner = sight[1] THEN 6 WHEN owner_group = ANY (sight[3:]) THEN 7
                               WHEN owner_group IS NOT NULL THEN 8 ELSE 9 END, 1) = '1'
$$;

-- Row-level security: the query role sees the tenant of its transaction and, without one, nothing.
ALTER TABLE activity_version ENABLE ROW LEVEL SECURITY;
ALTER TABLE activity_version FORCE ROW LEVEL SECURITY;
CREATE POLICY of_the_asking_tenant ON activity_version FOR SELECT TO es_query
  USING (tenant_id = NULLIF(current_setting('salgslogg.tenant_id', true), '')::integer);
CREATE POLICY of_the_projector ON activity_version FOR ALL TO es_project USING (true) WITH CHECK (true);
