-- The log: events, batches, streams, receipts, tenants, signed checkpoints.
-- Run as es_owner. Schemas and group roles exist already (event_store::schema, event_store::roles).

-- Every tenant lives in exactly one log. The number is what log and read models carry.
CREATE TABLE es.tenant (
  tenant_id  integer     PRIMARY KEY CHECK (tenant_id > 0),
  slug       text        NOT NULL UNIQUE CHECK (slug ~ '^[a-z0-9][a-z0-9-]{0,30}$'),
  log_id     smallint    NOT NULL CHECK (log_id > 0),
  created_at timestamptz NOT NULL
);

CREATE TABLE es.event (
  log_id            smallint    NOT NULL CHECK (log_id > 0),
  position          bigint      NOT NULL CHECK (position > 0),              -- 1, 2, 3 … in commit order
  previous_position bigint      NOT NULL CHECK (previous_position >= 0 AND previous_position < position), -- the tenant's, 0 = none
  tenant_id         integer     NOT NULL,
  stream_id         uuid        NOT NULL,
  stream_version    bigint      NOT NULL CHECK (stream_version > 0),        -- 1, 2, 3 … within the stream
  part              smallint    NOT NULL CHECK (part BETWEEN 0 AND 63),     -- xxh3_64(stream_id) & 63, fixed for ever
  event_id          uuid        NOT NULL,
  event_type        text        NOT NULL CHECK (event_type <> ''),
  schema_version    smallint    NOT NULL CHECK (schema_version > 0),
  recorded_at       timestamptz NOT NULL,                                   -- database clock, rises from batch to batch
  effective_at      timestamptz CHECK (effective_at <= recorded_at),        -- business time, NULL = recorded_at
  number            bigint      CHECK (number > 1000),                      -- sale number, on the registration only
  meta              bytea       NOT NULL,                                   -- verbatim UTF-8 JSON
  payload           bytea       NOT NULL CHECK (length(payload) BETWEEN 2 AND 4194304), -- verbatim bytes
  content_hash      bytea       NOT NULL CHECK (length(content_hash) = 32), -- SHA-256, made by the writer
  PRIMARY KEY (log_id, position)
) PARTITION BY RANGE (log_id, position);
CREATE INDEX event_stream ON es.event (log_id, stream_id, stream_version);
CREATE INDEX event_tenant ON es.event (log_id, tenant_id, position);
-- `part` is stored for lane filters that do not exist yet; its index comes with them.

-- One row per group commit; insert-only, so it is a bloat-free head of the log.
CREATE TABLE es.batch (
  log_id         smallint    NOT NULL,
  last_position  bigint      NOT NULL,
  first_position bigint      NOT NULL CHECK (first_position BETWEEN 1 AND last_position),
  recorded_at    timestamptz NOT NULL,
  writer_id      uuid        NOT NULL,
  chain_hash     bytea       NOT NULL CHECK (length(chain_hash) = 32),
  PRIMARY KEY (log_id, last_position)
);
CREATE INDEX batch_time ON es.batch (log_id, recorded_at) INCLUDE (last_position);

-- Concurrency control: one row per stream, the only updated table of the log.
CREATE TABLE es.stream (
  log_id         smallint    NOT NULL,
  stream_id      uuid        NOT NULL,
  aggregate      text        NOT NULL,
  tenant_id      integer     NOT NULL,
  part           smallint    NOT NULL,
  version        bigint      NOT NULL CHECK (version > 0),
  first_position bigint      NOT NULL,
  last_position  bigint      NOT NULL,
  effective_at   timestamptz NOT NULL,           -- of the newest event: the next one may not be earlier
  number         bigint,                         -- sale number, allotted at registration
  PRIMARY KEY (log_id, stream_id)
) WITH (fillfactor = 70);
CREATE UNIQUE INDEX stream_number ON es.stream (log_id, tenant_id, number) WHERE number IS NOT NULL;

-- Receipts: the answer of a keyed command, kept for a repeat. Retention by dropping partitions.
CREATE TABLE es.command (
  day            date     NOT NULL,
  log_id         smallint NOT NULL,
  command_key    bytea    NOT NULL CHECK (length(command_key) = 32),   -- SHA-256 of tenant, principal and Idempotency-Key
  request_hash   bytea    NOT NULL CHECK (length(request_hash) = 32),  -- SHA-256 of the request
  tenant_id      integer  NOT NULL,
  answer         bytea    NOT NULL,                                    -- static part of the reply
  streams        uuid[]   NOT NULL,                                    -- the group's streams, the primary one first
  versions       bigint[] NOT NULL,                                    -- their versions after the command
  number         bigint,                                               -- the sale's number
  first_position bigint,                                               -- NULL: the command changed nothing
  last_position  bigint,
  PRIMARY KEY (log_id, command_key, day)
) PARTITION BY RANGE (day);

-- Checkpoints signed outside the database (the notary).
CREATE TABLE es.checkpoint (
  log_id     smallint    NOT NULL,
  tree_size  bigint      NOT NULL,
  root_hash  bytea       NOT NULL,
  chain_hash bytea       NOT NULL,
  signed_at  timestamptz NOT NULL,
  key_id     text        NOT NULL,
  note       text        NOT NULL,                                     -- C2SP signed note, Ed25519
  PRIMARY KEY (log_id, tree_size)
);

-- ── immutability, also against the owner and a superuser ───────────────────────────
-- ENABLE ALWAYS: the triggers fire under session_replication_role = replica too.
CREATE FUNCTION es.forbid() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RAISE EXCEPTION 'es.% is append-only (% refused)', TG_TABLE_NAME, TG_OP USING ERRCODE = 'ES001';
END $$;

CREATE FUNCTION es.protect(p_table regclass, p_rows boolean) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF p_rows THEN
    EXECUTE format('CREATE TRIGGER immutable BEFORE UPDATE OR DELETE ON %s FOR EACH ROW EXECUTE FUNCTION es.forbid()', p_table);
    EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER immutable', p_table);
  END IF;
  EXECUTE format('CREATE TRIGGER no_truncate BEFORE TRUNCATE ON %s FOR EACH STATEMENT EXECUTE FUNCTION es.forbid()', p_table);
  EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER no_truncate', p_table);
END $$;

SELECT es.protect(t, true)
  FROM unnest(ARRAY['es.event', 'es.batch', 'es.tenant', 'es.command', 'es.checkpoint']::regclass[]) AS t;
SELECT es.protect('es.stream', false);

-- ── grants ─────────────────────────────────────────────────────────────────────────
REVOKE ALL ON ALL TABLES IN SCHEMA es FROM PUBLIC;
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA es FROM PUBLIC;
GRANT USAGE ON SCHEMA es TO es_append, es_read, es_project, es_query, es_notary;
GRANT SELECT ON es.event, es.batch, es.stream, es.tenant, es.checkpoint TO es_append, es_read, es_project, es_notary;
GRANT SELECT ON es.command TO es_append;
GRANT SELECT ON es._migration TO es_append, es_read, es_project, es_query, es_notary;
GRANT INSERT ON es.checkpoint TO es_notary;
