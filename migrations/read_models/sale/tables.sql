-- Read model `sale`, one generation. Run with search_path set to the generation's schema, as es_owner.
--
-- A table holds every version of its streams. Version k holds at (as_of a, known_at p, position q) when
-- effective_at <= a, recorded_at <= p and position <= q, and the same is not true of its successor, whose three
-- coordinates stand in next_*; a current version has 'infinity' and 9223372036854775807 there. Nothing here
-- depends on the day it is read: "today", names, rates and next activities are joined by the question.

CREATE TABLE sale_version (
  tenant_id          integer     NOT NULL,
  stream_id          uuid        NOT NULL,          -- uuid5 of tenant and sale
  version            bigint      NOT NULL,
  position           bigint      NOT NULL,
  effective_at       timestamptz NOT NULL,
  recorded_at        timestamptz NOT NULL,
  next_position      bigint      NOT NULL DEFAULT 9223372036854775807,
  next_effective_at  timestamptz NOT NULL DEFAULT 'infinity',
  next_recorded_at   timestamptz NOT NULL DEFAULT 'infinity',
  sale_id            uuid        NOT NULL,
  number             bigint      NOT NULL,
  title              text        NOT NULL,
  title_folded       text        NOT NULL,               -- lower case by Unicode, whatever the database's locale
  description        text,
  status             text        NOT NULL CHECK (status IN ('open', 'stalled', 'won', 'lost')),
  sale_type_id       uuid        NOT NULL,
  category           text,
  stage_id           uuid,                          -- NULL for a type without stages (SO-3)
  stage_entered_at   timestamptz NOT NULL,          -- effective time of the last stage change
  stage_when_closed  uuid,                          -- SO-20
  probability        smallint    NOT NULL CHECK (probability BETWEEN 0 AND 100),
  currency           text        NOT NULL CHECK (length(currency) = 3),
  amount_minor       bigint      NOT NULL,          -- minor units of the currency, like every *_minor
  weighted_minor     bigint      NOT NULL,          -- amount * probability / 100, half away from zero
  total_cost_minor   bigint      NOT NULL,
  profit_minor       bigint      NOT NULL,
  profit_percent     numeric,                       -- NULL when the amount is 0 (SO-12)
  owner              text        NOT NULL,
  owner_group        text,                          -- the owner's primary group when they became owner
  sale_date          date        NOT NULL,          -- expected close; the close date once won or lost
  source             text,
  company_id         uuid,
  company_name       text,
  contact_id         uuid,
  contact_name       text,
  project_id         uuid,
  project_name       text,
  external_reference text,
  reopen_date        date,                          -- while stalled (SO-13)
  stall_reason       text,
  close_date         date,                          -- while won or lost (SO-17, SO-18)
  reason             text,
  competitor         text,
  completed          boolean     NOT NULL,          -- SO-21
  registered_at      timestamptz NOT NULL,          -- effective time of the registration
  credited           text,                          -- SO-F26
  note               text,                          -- SO-F33
  links              jsonb,                         -- array of kind, target, name (SO-F34); NULL without one
  visible_for        text        NOT NULL CHECK (visible_for IN ('all', 'owner', 'group')),  -- SO-F32
  visible_group      text        CHECK ((visible_for = 'group') = (visible_group IS NOT NULL)),
  registered_by      text        NOT NULL,          -- SO-F36, like the two that follow
  updated_by         text        NOT NULL,
  update_count       integer     NOT NULL,          -- commands that changed it since its registration
  stakeholders       jsonb,                         -- array of id, company, contact, role, comment (SK-2)
  stakeholder_companies uuid[]   NOT NULL,          -- the ids among them, to be found by (SK-7)
  stakeholder_contacts  uuid[]   NOT NULL,
  fields             jsonb,                         -- kind and value by key of the custom field (SO-F35)
  suggestions        jsonb,                         -- follow-ups and stage that somebody is asked about (SG-19, SG-23)
  deleted            boolean     NOT NULL,          -- SO-23: no question but the history shows it any more
  PRIMARY KEY (stream_id, version)
);
CREATE UNIQUE INDEX sale_current ON sale_version (stream_id) WHERE next_position = 9223372036854775807;
CREATE INDEX sale_current_status ON sale_version (tenant_id, status, sale_date) WHERE next_position = 9223372036854775807;
CREATE INDEX sale_as_of ON sale_version (tenant_id, effective_at, next_effective_at);

-- The words a sale is found by: one row a fact that may change them, each all of them, so a version of a sale has those of
-- the newest row not above it. Rows are never changed, so no other fact of a sale costs its index anything; no next_* here.
CREATE TABLE sale_text (
  tenant_id    integer     NOT NULL,
  stream_id    uuid        NOT NULL,
  version      bigint      NOT NULL,
  position     bigint      NOT NULL,
  effective_at timestamptz NOT NULL,
  recorded_at  timestamptz NOT NULL,
  title        text        NOT NULL,
  company      text,
  contact      text,
  PRIMARY KEY (stream_id, version)
);

-- Stems of three languages: people write in one and search in another.
CREATE FUNCTION sale_words(title text, company text, contact text) RETURNS tsvector
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT to_tsvector('norwegian', title || ' ' || COALESCE(company, '') || ' ' || COALESCE(contact, ''))
      || to_tsvector('dutch', title || ' ' || COALESCE(company, '') || ' ' || COALESCE(contact, ''))
      || to_tsvector('english', title || ' ' || COALESCE(company, '') || ' ' || COALESCE(contact, ''))
$$;
CREATE FUNCTION sale_query(words text) RETURNS tsquery LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT websearch_to_tsquery('norwegian', words) || websearch_to_tsquery('dutch', words)
      || websearch_to_tsquery('english', words)
$$;
CREATE INDEX sale_text_words ON sale_text USING gin (sale_words(title, company, contact));

-- Which sales of the asking tenant ever had words, from which of their versions to which: as the tables' owner, because an
-- index is not used for what would be asked before row-level security.
CREATE FUNCTION sales_with(wanted tsquery, ranked boolean)
RETURNS TABLE (stream_id uuid, first_version bigint, next_version bigint, rank real)
LANGUAGE sql STABLE SECURITY DEFINER ROWS 100
BEGIN ATOMIC
  SELECT t.stream_id, t.version, n.version,
         CASE WHEN ranked THEN ts_rank(sale_words(t.title, t.company, t.contact), wanted) END
    FROM sale_text AS t
    LEFT JOIN LATERAL (SELECT min(l.version) AS version FROM sale_text AS l
                        WHERE l.stream_id = t.stream_id AND l.version > t.version) AS n ON true
   WHERE sale_words(t.title, t.company, t.contact) @@ wanted
     AND t.tenant_id = NULLIF(current_setting('salgslogg.tenant_id', true), '')::integer;
END;

CREATE TABLE stage_version (
  tenant_id         integer     NOT NULL,
  stream_id         uuid        NOT NULL,
  version           bigint      NOT NULL,
  position          bigint      NOT NULL,
  effective_at      timestamptz NOT NULL,
  recorded_at       timestamptz NOT NULL,
  next_position     bigint      NOT NULL DEFAULT 9223372036854775807,
  next_effective_at timestamptz NOT NULL DEFAULT 'infinity',
  next_recorded_at  timestamptz NOT NULL DEFAULT 'infinity',
  stage_id          uuid        NOT NULL,
  name              jsonb       NOT NULL,           -- one spelling a language
  probability       smallint    NOT NULL CHECK (probability BETWEEN 0 AND 100),
  description       text,
  rank              integer     NOT NULL,
  deleted           boolean     NOT NULL,           -- SO-49
  PRIMARY KEY (stream_id, version)
);
CREATE INDEX stage_of_tenant ON stage_version (tenant_id, stage_id, version);

CREATE TABLE sale_type_version (
  tenant_id         integer     NOT NULL,
  stream_id         uuid        NOT NULL,
  version           bigint      NOT NULL,
  position          bigint      NOT NULL,
  effective_at      timestamptz NOT NULL,
  recorded_at       timestamptz NOT NULL,
  next_position     bigint      NOT NULL DEFAULT 9223372036854775807,
  next_effective_at timestamptz NOT NULL DEFAULT 'infinity',
  next_recorded_at  timestamptz NOT NULL DEFAULT 'infinity',
  sale_type_id      uuid        NOT NULL,
  name              jsonb       NOT NULL,
  category          text,
  duration_n        integer,
  duration_unit     text CHECK (duration_unit IN ('days', 'weeks', 'months')),
  stages            uuid[]      NOT NULL,           -- in the order of the process
  guide             boolean     NOT NULL,
  auto_advance      boolean     NOT NULL,
  stakeholders      boolean     NOT NULL,
  items             jsonb       NOT NULL,           -- of its guide, also while that is off, by rank (SG-2, SG-28)
  deleted           boolean     NOT NULL,           -- SO-46
  PRIMARY KEY (stream_id, version)
);
CREATE INDEX sale_type_of_tenant ON sale_type_version (tenant_id, sale_type_id, version);
CREATE INDEX sale_type_current ON sale_type_version (tenant_id) WHERE next_position = 9223372036854775807;

CREATE TABLE user_version (
  tenant_id         integer     NOT NULL,
  stream_id         uuid        NOT NULL,
  version           bigint      NOT NULL,
  position          bigint      NOT NULL,
  effective_at      timestamptz NOT NULL,
  recorded_at       timestamptz NOT NULL,
  next_position     bigint      NOT NULL DEFAULT 9223372036854775807,
  next_effective_at timestamptz NOT NULL DEFAULT 'infinity',
  next_recorded_at  timestamptz NOT NULL DEFAULT 'infinity',
  user_id           text        NOT NULL,           -- `sub` of the token
  name              text        NOT NULL,
  groups            jsonb       NOT NULL,           -- array of names
  primary_group     text,
  preferences       jsonb       NOT NULL,           -- SG-22, SD-14
  favourites        uuid[]      NOT NULL,           -- sales in the order they were marked (SO-32)
  views             jsonb       NOT NULL,           -- of the board, by name (SF-14)
  PRIMARY KEY (stream_id, version)
);
CREATE INDEX user_of_tenant ON user_version (tenant_id, user_id, version);
-- people mark favourites often, so their old versions are many
CREATE INDEX user_current ON user_version (tenant_id, position) WHERE next_position = 9223372036854775807;

-- A rate holds from the start of valid_from in the tenant's zone, whenever it was recorded: at (a, p) the one with
-- the greatest valid_from not after a, known at p; of equals the later in the log. So no next_* here.
CREATE TABLE rate_version (
  tenant_id    integer     NOT NULL,
  stream_id    uuid        NOT NULL,
  version      bigint      NOT NULL,
  position     bigint      NOT NULL,
  effective_at timestamptz NOT NULL,
  recorded_at  timestamptz NOT NULL,
  currency     text        NOT NULL CHECK (length(currency) = 3),
  rate         numeric     NOT NULL CHECK (rate > 0),
  unit         integer     NOT NULL CHECK (unit > 0),
  valid_from   date        NOT NULL,
  PRIMARY KEY (stream_id, version)
);
CREATE INDEX rate_of_tenant ON rate_version (tenant_id, currency, valid_from, position);

-- Settings are not history: every question, also one about the past, reads them as they are now.
CREATE TABLE tenant_version (
  tenant_id         integer     NOT NULL,
  stream_id         uuid        NOT NULL,
  version           bigint      NOT NULL,
  position          bigint      NOT NULL,
  effective_at      timestamptz NOT NULL,
  recorded_at       timestamptz NOT NULL,
  next_position     bigint      NOT NULL DEFAULT 9223372036854775807,
  next_effective_at timestamptz NOT NULL DEFAULT 'infinity',
  next_recorded_at  timestamptz NOT NULL DEFAULT 'infinity',
  slug              text        NOT NULL,
  base_currency     text        NOT NULL CHECK (length(base_currency) = 3),
  time_zone         text        NOT NULL,
  fields            jsonb       NOT NULL,           -- custom fields there are, by key (SO-30)
  rights            jsonb       NOT NULL,           -- where the tenant departs from the role table (SO-44)
  diary             jsonb       NOT NULL,           -- usual lengths, working day, marks (SD-3, SD-4, SD-15)
  features          jsonb       NOT NULL,           -- which parts of the product there are (SO-50)
  target_period     text        NOT NULL CHECK (target_period IN ('month', 'quarter')),  -- ST-7
  PRIMARY KEY (stream_id, version)
);
CREATE INDEX tenant_of_tenant ON tenant_version (tenant_id, version);

-- One row an event, each the whole item; of a key the newest row that holds counts. So no next_* here: a stream is a
-- list, and its events are about items. Items that nobody changed have no row (`events::shipped`).
CREATE TABLE list_item_version (
  tenant_id    integer     NOT NULL,
  stream_id    uuid        NOT NULL,
  version      bigint      NOT NULL,
  position     bigint      NOT NULL,
  effective_at timestamptz NOT NULL,
  recorded_at  timestamptz NOT NULL,
  list         text        NOT NULL,
  key          text        NOT NULL,
  labels       jsonb       NOT NULL,                -- one spelling a language
  rank         integer     NOT NULL,
  kind         text,                                -- of a type of follow-ups: meeting, to_do or call (SD-1) …
  minutes      integer,                             -- … and how long they usually last (SD-3)
  added        boolean     NOT NULL,                -- the event added it: from then on the list is maintained (SO-19)
  deleted      boolean     NOT NULL,
  PRIMARY KEY (stream_id, version)
);
CREATE INDEX list_item_of_tenant ON list_item_version (tenant_id, list, key, version);

-- Members of a static selection stand here; those of a dynamic one are what its criteria find (SF-10).
CREATE TABLE selection_version (
  tenant_id         integer     NOT NULL,
  stream_id         uuid        NOT NULL,
  version           bigint      NOT NULL,
  position          bigint      NOT NULL,
  effective_at      timestamptz NOT NULL,
  recorded_at       timestamptz NOT NULL,
  next_position     bigint      NOT NULL DEFAULT 9223372036854775807,
  next_effective_at timestamptz NOT NULL DEFAULT 'infinity',
  next_recorded_at  timestamptz NOT NULL DEFAULT 'infinity',
  selection_id      uuid        NOT NULL,
  kind              text        NOT NULL CHECK (kind IN ('static', 'dynamic')),
  name              text        NOT NULL,
  owner             text        NOT NULL,
  owner_group       text,                           -- the owner's primary group when it became theirs
  category          text,
  description       text,
  visible_for       text        NOT NULL CHECK (visible_for IN ('all', 'owner', 'group')),
  visible_group     text        CHECK ((visible_for = 'group') = (visible_group IS NOT NULL)),
  criteria          jsonb,                          -- what finds the members, or found them
  view              jsonb,                          -- how its board looks; NULL for the usual way (SF-14)
  members           uuid[]      NOT NULL,           -- sales in the order they were added (SF-11)
  completed         boolean     NOT NULL,
  deleted           boolean     NOT NULL,
  PRIMARY KEY (stream_id, version)
);
CREATE INDEX selection_current ON selection_version (tenant_id) WHERE next_position = 9223372036854775807;
CREATE INDEX selection_of_tenant ON selection_version (tenant_id, selection_id, version);

-- Types of targets that somebody defined (ST-1); the one everybody has is no row.
CREATE TABLE target_type_version (
  tenant_id         integer     NOT NULL,
  stream_id         uuid        NOT NULL,
  version           bigint      NOT NULL,
  position          bigint      NOT NULL,
  effective_at      timestamptz NOT NULL,
  recorded_at       timestamptz NOT NULL,
  next_position     bigint      NOT NULL DEFAULT 9223372036854775807,
  next_effective_at timestamptz NOT NULL DEFAULT 'infinity',
  next_recorded_at  timestamptz NOT NULL DEFAULT 'infinity',
  target_type_id    uuid        NOT NULL,
  name              jsonb       NOT NULL,           -- one spelling a language
  dimension         text        NOT NULL,           -- a word, field.<key> for an own list (ST-2)
  unit              text        NOT NULL CHECK (unit IN ('amount', 'count', 'profit')),
  items             jsonb       NOT NULL,           -- array of keys; empty for all (ST-4)
  groups_only       boolean     NOT NULL,           -- ST-5
  deleted           boolean     NOT NULL,           -- ST-6
  PRIMARY KEY (stream_id, version)
);
CREATE INDEX target_type_of_tenant ON target_type_version (tenant_id, target_type_id, version);

CREATE TABLE target_version (
  tenant_id         integer     NOT NULL,
  stream_id         uuid        NOT NULL,
  version           bigint      NOT NULL,
  position          bigint      NOT NULL,
  effective_at      timestamptz NOT NULL,
  recorded_at       timestamptz NOT NULL,
  next_position     bigint      NOT NULL DEFAULT 9223372036854775807,
  next_effective_at timestamptz NOT NULL DEFAULT 'infinity',
  next_recorded_at  timestamptz NOT NULL DEFAULT 'infinity',
  target_id         uuid        NOT NULL,           -- follows from type, item, year, level and assignee
  target_type_id    uuid        NOT NULL,
  item              text,                           -- NULL for all items of the type together
  year              integer     NOT NULL,
  level             text        NOT NULL CHECK (level IN ('company', 'group', 'user')),
  assignee          text        CHECK ((level = 'company') = (assignee IS NULL)),
  assignee_group    text,                           -- the group itself; of a user the one their row stands below
  period            text        NOT NULL CHECK (period IN ('month', 'quarter')),  -- ST-7
  currency          text        CHECK (length(currency) = 3),  -- NULL: the base currency (ST-12)
  cells             jsonb       NOT NULL,           -- array of decimals as text, one a period
  locked            boolean     NOT NULL,           -- ST-15
  removed           boolean     NOT NULL,           -- ST-17
  PRIMARY KEY (stream_id, version)
);
CREATE INDEX target_of_tenant ON target_version (tenant_id, target_type_id, year) WHERE next_position = 9223372036854775807;
CREATE INDEX target_current ON target_version (tenant_id, position) WHERE next_position = 9223372036854775807;
CREATE INDEX target_as_of ON target_version (tenant_id, target_type_id, year, effective_at);

-- Registered companies and contacts. A sale links any id freely; what stands here is what is known of the registered ones.
CREATE TABLE company_version (
  tenant_id         integer     NOT NULL,
  stream_id         uuid        NOT NULL,
  version           bigint      NOT NULL,
  position          bigint      NOT NULL,
  effective_at      timestamptz NOT NULL,
  recorded_at       timestamptz NOT NULL,
  next_position     bigint      NOT NULL DEFAULT 9223372036854775807,
  next_effective_at timestamptz NOT NULL DEFAULT 'infinity',
  next_recorded_at  timestamptz NOT NULL DEFAULT 'infinity',
  company_id        uuid        NOT NULL,
  name              text        NOT NULL,
  name_folded       text        NOT NULL,           -- lower case by Unicode, like title_folded
  category          text,                           -- key of the list company_category (ST-2)
  business          text,                           -- key of the list company_business (ST-2)
  country           text        CHECK (length(country) = 2),  -- ISO 3166-1, capitals (ST-2)
  PRIMARY KEY (stream_id, version)
);
CREATE INDEX company_of_tenant ON company_version (tenant_id, company_id, version);
CREATE INDEX company_current ON company_version (tenant_id, position) WHERE next_position = 9223372036854775807;
CREATE INDEX company_current_name ON company_version (tenant_id, name_folded COLLATE "C", company_id)
  WHERE next_position = 9223372036854775807;

CREATE TABLE contact_version (
  tenant_id         integer     NOT NULL,
  stream_id         uuid        NOT NULL,
  version           bigint      NOT NULL,
  position          bigint      NOT NULL,
  effective_at      timestamptz NOT NULL,
  recorded_at       timestamptz NOT NULL,
  next_position     bigint      NOT NULL DEFAULT 9223372036854775807,
  next_effective_at timestamptz NOT NULL DEFAULT 'infinity',
  next_recorded_at  timestamptz NOT NULL DEFAULT 'infinity',
  contact_id        uuid        NOT NULL,
  name              text        NOT NULL,
  name_folded       text        NOT NULL,
  company_id        uuid,                           -- a registered company
  email             text,                           -- SK-6
  phone             text,                           -- SK-6
  PRIMARY KEY (stream_id, version)
);
CREATE INDEX contact_of_tenant ON contact_version (tenant_id, contact_id, version);
CREATE INDEX contact_current ON contact_version (tenant_id, position) WHERE next_position = 9223372036854775807;
CREATE INDEX contact_current_name ON contact_version (tenant_id, name_folded COLLATE "C", contact_id)
  WHERE next_position = 9223372036854775807;
CREATE INDEX contact_current_company ON contact_version (tenant_id, company_id) WHERE next_position = 9223372036854775807;

-- Whether a version holds at (as_of a, known_at p, position q); NULL = unbounded, three NULLs = the current version.
-- Written to be inlined and folded: no bound leaves nothing but the condition of the partial indexes.
CREATE FUNCTION held(
  effective_at timestamptz, recorded_at timestamptz, "position" bigint,
  next_effective_at timestamptz, next_recorded_at timestamptz, next_position bigint,
  a timestamptz, p timestamptz, q bigint) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT (a IS NULL OR effective_at <= a) AND (p IS NULL OR recorded_at <= p) AND (q IS NULL OR "position" <= q)
     AND ((a IS NULL AND p IS NULL AND q IS NULL AND next_position = 9223372036854775807)
          OR next_effective_at > a OR next_recorded_at > p OR next_position > q)
$$;

-- What the asking transaction sees (SO-44, SO-31): NULL for everything, else user, marks, groups. Marks, 1 for yes: sales
-- that are their own, of their groups, of other groups, of nobody's group; sales hidden from them; activities likewise.
CREATE FUNCTION sight() RETURNS text[] LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT NULLIF(current_setting('salgslogg.sight', true), '')::text[]
$$;

-- By which version of a record it is judged: the newest up to here, the newest of all when NULL. Stands behind the marks.
CREATE FUNCTION sight_at() RETURNS bigint LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT NULLIF(substr((sight())[2], 10), '')::bigint
$$;

-- Whether a sale of this owner, group and visibility is in sight.
CREATE FUNCTION seen(
  owner text, owner_group text, visible_for text, visible_group text, sight text[]) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT substr(sight[2], CASE WHEN owner = sight[1] THEN 1 WHEN owner_group = ANY (sight[3:]) THEN 2
                               WHEN owner_group IS NOT NULL THEN 3 ELSE 4 END, 1) = '1'
     AND (owner = sight[1] OR visible_for = 'all' OR substr(sight[2], 5, 1) = '1'
          OR (visible_for = 'group' AND visible_group = ANY (sight[3:])))
$$;

-- x * numerator / denominator, rounded half away from zero: the only rounding of a conversion.
CREATE FUNCTION converted(x bigint, numerator numeric, denominator numeric) RETURNS numeric
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN numerator = denominator THEN x::numeric
              ELSE sign(x::numeric) * div(2 * abs(x::numeric) * numerator + denominator, 2 * denominator) END
$$;

-- Row-level security: the query role sees the tenant of its transaction and, without one, nothing.
DO $$
DECLARE
  t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['sale_version', 'sale_text', 'stage_version', 'sale_type_version', 'user_version', 'rate_version', 'tenant_version',
                         'list_item_version', 'selection_version',
                         'target_type_version', 'target_version', 'company_version', 'contact_version'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
    EXECUTE format('CREATE POLICY of_the_asking_tenant ON %I FOR SELECT TO es_query
      USING (tenant_id = NULLIF(current_setting(''salgslogg.tenant_id'', true), '''')::integer)', t);
    EXECUTE format('CREATE POLICY of_the_projector ON %I FOR ALL TO es_project USING (true) WITH CHECK (true)', t);
  END LOOP;
END $$;
