-- Generations, checkpoints and leases of the read models. Run as es_owner; the schema es_ops and the
-- group roles exist already (event_store::schema).

-- A generation of a read model is a schema, rm_<name>_<generation>; switching moves the word `live`.
CREATE TABLE es_ops.projection (
  name       text        NOT NULL CHECK (name ~ '^[a-z][a-z0-9_]{0,30}$'),
  generation integer     NOT NULL CHECK (generation > 0),
  state      text        NOT NULL CHECK (state IN ('building', 'live', 'retired')),
  on_poison  text        NOT NULL DEFAULT 'halt' CHECK (on_poison IN ('halt', 'park_stream')),
  code_hash  text        NOT NULL,                -- version of the model and hash of its tables
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (name, generation)
);
CREATE UNIQUE INDEX one_live_generation ON es_ops.projection (name) WHERE state = 'live';

CREATE TABLE es_ops.projection_part (
  name        text        NOT NULL,
  generation  integer     NOT NULL,
  log_id      smallint    NOT NULL CHECK (log_id > 0),
  part        smallint    NOT NULL,
  position    bigint      NOT NULL DEFAULT 0,     -- every event of this part up to here is in the read model
  lease_owner uuid,
  lease_epoch bigint      NOT NULL DEFAULT 0,     -- fencing token: rises with every new owner
  lease_until timestamptz NOT NULL DEFAULT '-infinity',
  halted      text,                               -- the error that stopped it
  PRIMARY KEY (name, generation, log_id, part),
  FOREIGN KEY (name, generation) REFERENCES es_ops.projection ON DELETE CASCADE
) WITH (fillfactor = 40, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 500);

CREATE TABLE es_ops.parked_stream (
  name          text        NOT NULL,
  generation    integer     NOT NULL,
  log_id        smallint    NOT NULL,
  stream_id     uuid        NOT NULL,
  from_position bigint      NOT NULL,
  error         text        NOT NULL,
  attempts      integer     NOT NULL,
  parked_at     timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (name, generation, log_id, stream_id),
  FOREIGN KEY (name, generation) REFERENCES es_ops.projection ON DELETE CASCADE
);

CREATE TABLE es_ops.parked_event (                -- references into the log, never copies
  name       text     NOT NULL,
  generation integer  NOT NULL,
  log_id     smallint NOT NULL,
  position   bigint   NOT NULL,
  stream_id  uuid     NOT NULL,
  PRIMARY KEY (name, generation, log_id, position),
  FOREIGN KEY (name, generation) REFERENCES es_ops.projection ON DELETE CASCADE
);

-- Takes or renews leases; parts that are missing from the answer belong to somebody else. The database clock
-- decides, and the epoch rises whenever the owner changes or the lease had run out. A part begins at position 0.
CREATE FUNCTION es_ops.claim(p_name text, p_generation integer, p_log smallint, p_owner uuid, p_parts smallint[], p_ttl interval)
RETURNS TABLE (part smallint, "position" bigint, epoch bigint)
LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $$
  INSERT INTO es_ops.projection_part (name, generation, log_id, part)
  SELECT p_name, p_generation, p_log, missing FROM unnest(p_parts) AS missing
  ON CONFLICT DO NOTHING;
  UPDATE es_ops.projection_part AS p
     SET lease_epoch = CASE WHEN p.lease_owner = p_owner AND p.lease_until > clock_timestamp() THEN p.lease_epoch ELSE p.lease_epoch + 1 END,
         lease_owner = p_owner, lease_until = clock_timestamp() + p_ttl
   WHERE p.name = p_name AND p.generation = p_generation AND p.log_id = p_log AND p.part = ANY (p_parts)
     AND (p.lease_owner = p_owner OR p.lease_until < clock_timestamp())
  RETURNING p.part, p.position, p.lease_epoch
$$;

-- Last statement of every projection transaction; raises ES010 unless every part is still ours and still where we left it.
CREATE FUNCTION es_ops.advance(p_name text, p_generation integer, p_log smallint, p_owner uuid,
  p_parts smallint[], p_epochs bigint[], p_from bigint[], p_to bigint[], p_ttl interval) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  ours integer;
BEGIN
  UPDATE es_ops.projection_part AS t
     SET position = x.to_position, lease_until = clock_timestamp() + p_ttl
    FROM unnest(p_parts, p_epochs, p_from, p_to) AS x (part, epoch, from_position, to_position)
   WHERE t.name = p_name AND t.generation = p_generation AND t.log_id = p_log AND t.part = x.part
     AND t.lease_owner = p_owner AND t.lease_epoch = x.epoch
     AND t.position = x.from_position AND x.to_position >= x.from_position;
  GET DIAGNOSTICS ours = ROW_COUNT;
  IF ours <> cardinality(p_parts) THEN
    RAISE EXCEPTION 'fenced: % of % parts still ours', ours, cardinality(p_parts) USING ERRCODE = 'ES010';
  END IF;
END $$;

-- Gives leases back at shutdown, so the next owner need not wait.
CREATE FUNCTION es_ops.release(p_name text, p_generation integer, p_log smallint, p_owner uuid) RETURNS void
LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $$
  UPDATE es_ops.projection_part SET lease_owner = NULL, lease_until = '-infinity'
   WHERE name = p_name AND generation = p_generation AND log_id = p_log AND lease_owner = p_owner
$$;

REVOKE ALL ON es_ops.projection, es_ops.projection_part, es_ops.parked_stream, es_ops.parked_event FROM PUBLIC;
REVOKE ALL ON FUNCTION es_ops.claim(text, integer, smallint, uuid, smallint[], interval),
  es_ops.advance(text, integer, smallint, uuid, smallint[], bigint[], bigint[], bigint[], interval),
  es_ops.release(text, integer, smallint, uuid) FROM PUBLIC;
GRANT USAGE ON SCHEMA es_ops TO es_project, es_read, es_query;
GRANT SELECT, INSERT, UPDATE, DELETE ON es_ops.projection, es_ops.projection_part, es_ops.parked_stream, es_ops.parked_event TO es_project;
GRANT SELECT ON es_ops.projection, es_ops.projection_part, es_ops.parked_stream, es_ops.parked_event TO es_read, es_query;
GRANT EXECUTE ON FUNCTION es_ops.claim(text, integer, smallint, uuid, smallint[], interval),
  es_ops.advance(text, integer, smallint, uuid, smallint[], bigint[], bigint[], bigint[], interval),
  es_ops.release(text, integer, smallint, uuid) TO es_project;
