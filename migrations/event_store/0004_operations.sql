-- Rows of the machines that follow the log: the relay and the process managers, with their leases.
-- The database clock decides a lease; its epoch is the fencing token.

CREATE TABLE es_ops.relay (
  log_id      smallint    PRIMARY KEY,
  stream_name text        NOT NULL,
  stream_gen  integer     NOT NULL DEFAULT 1,
  acked       bigint      NOT NULL DEFAULT 0,      -- for dashboards and the regression check, never the authority
  lease_owner uuid,
  lease_epoch bigint      NOT NULL DEFAULT 0,
  lease_until timestamptz NOT NULL DEFAULT '-infinity',
  updated_at  timestamptz NOT NULL DEFAULT now()
) WITH (fillfactor = 40);

CREATE TABLE es_ops.process (
  name        text        NOT NULL,
  log_id      smallint    NOT NULL,
  position    bigint      NOT NULL DEFAULT 0,      -- every event up to here has been seen by this process manager
  lease_owner uuid,
  lease_epoch bigint      NOT NULL DEFAULT 0,
  lease_until timestamptz NOT NULL DEFAULT '-infinity',
  halted      text,                                -- the error that stopped it
  PRIMARY KEY (name, log_id)
) WITH (fillfactor = 40);

CREATE TABLE es_ops.timer (
  process   text        NOT NULL,
  log_id    smallint    NOT NULL,
  timer_id  uuid        NOT NULL,
  due_at    timestamptz NOT NULL,
  tenant_id integer     NOT NULL,
  subject   text        NOT NULL,                  -- the stream it is about, as people name it
  payload   bytea       NOT NULL,
  PRIMARY KEY (process, log_id, timer_id)
);
CREATE INDEX timer_due ON es_ops.timer (process, log_id, due_at);

-- Takes or renews the relay's lease; no row = somebody else holds it.
CREATE FUNCTION es_ops.claim_relay(p_log smallint, p_stream text, p_owner uuid, p_ttl interval)
RETURNS TABLE (epoch bigint, acked bigint, stream_gen integer)
LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $$
  INSERT INTO es_ops.relay AS r (log_id, stream_name, lease_owner, lease_epoch, lease_until)
  VALUES (p_log, p_stream, p_owner, 1, clock_timestamp() + p_ttl)
  ON CONFLICT (log_id) DO UPDATE
     SET lease_epoch = CASE WHEN r.lease_owner = p_owner AND r.lease_until > clock_timestamp() THEN r.lease_epoch ELSE r.lease_epoch + 1 END,
         lease_owner = p_owner, lease_until = clock_timestamp() + p_ttl, updated_at = clock_timestamp()
   WHERE r.lease_owner = p_owner OR r.lease_until < clock_timestamp()
  RETURNING r.lease_epoch, r.acked, r.stream_gen
$$;

-- Notes how far the stream has acknowledged; false = the lease is no longer ours.
CREATE FUNCTION es_ops.relay_acked(p_log smallint, p_owner uuid, p_epoch bigint, p_acked bigint) RETURNS boolean
LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $$
  WITH moved AS (
    UPDATE es_ops.relay SET acked = p_acked, updated_at = clock_timestamp()
     WHERE log_id = p_log AND lease_owner = p_owner AND lease_epoch = p_epoch
    RETURNING 1)
  SELECT EXISTS (SELECT FROM moved)
$$;

-- Gives the lease back at shutdown, so the next relay need not wait.
CREATE FUNCTION es_ops.release_relay(p_log smallint, p_owner uuid, p_epoch bigint) RETURNS void
LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $$
  UPDATE es_ops.relay SET lease_owner = NULL, lease_until = '-infinity'
   WHERE log_id = p_log AND lease_owner = p_owner AND lease_epoch = p_epoch
$$;

CREATE FUNCTION es_ops.claim_process(p_name text, p_log smallint, p_owner uuid, p_ttl interval)
RETURNS TABLE (epoch bigint, "position" bigint)
LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $$
  INSERT INTO es_ops.process AS p (name, log_id, lease_owner, lease_epoch, lease_until)
  VALUES (p_name, p_log, p_owner, 1, clock_timestamp() + p_ttl)
  ON CONFLICT (name, log_id) DO UPDATE
     SET lease_epoch = CASE WHEN p.lease_owner = p_owner AND p.lease_until > clock_timestamp() THEN p.lease_epoch ELSE p.lease_epoch + 1 END,
         lease_owner = p_owner, lease_until = clock_timestamp() + p_ttl
   WHERE p.lease_owner = p_owner OR p.lease_until < clock_timestamp()
  RETURNING p.lease_epoch, p.position
$$;

-- Last statement of a process manager's transaction; raises unless the row is still ours and where we left it.
CREATE FUNCTION es_ops.advance_process(p_name text, p_log smallint, p_owner uuid, p_epoch bigint, p_from bigint, p_to bigint) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  UPDATE es_ops.process SET position = p_to
   WHERE name = p_name AND log_id = p_log AND lease_owner = p_owner AND lease_epoch = p_epoch
     AND position = p_from AND p_to >= p_from;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'fenced: process % of log % is no longer ours', p_name, p_log USING ERRCODE = 'ES010';
  END IF;
END $$;

CREATE FUNCTION es_ops.release_process(p_name text, p_log smallint, p_owner uuid, p_epoch bigint) RETURNS void
LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $$
  UPDATE es_ops.process SET lease_owner = NULL, lease_until = '-infinity'
   WHERE name = p_name AND log_id = p_log AND lease_owner = p_owner AND lease_epoch = p_epoch
$$;

REVOKE ALL ON es_ops.relay, es_ops.process, es_ops.timer FROM PUBLIC;
REVOKE ALL ON FUNCTION es_ops.claim_relay(smallint, text, uuid, interval), es_ops.relay_acked(smallint, uuid, bigint, bigint),
  es_ops.release_relay(smallint, uuid, bigint), es_ops.claim_process(text, smallint, uuid, interval),
  es_ops.advance_process(text, smallint, uuid, bigint, bigint, bigint), es_ops.release_process(text, smallint, uuid, bigint) FROM PUBLIC;
GRANT USAGE ON SCHEMA es_ops TO es_append, es_read, es_project;
GRANT SELECT, INSERT, UPDATE ON es_ops.relay TO es_append;
GRANT SELECT, INSERT, UPDATE, DELETE ON es_ops.process, es_ops.timer TO es_append;
GRANT SELECT ON es_ops.relay, es_ops.process, es_ops.timer TO es_read;
GRANT EXECUTE ON FUNCTION es_ops.claim_relay(smallint, text, uuid, interval), es_ops.relay_acked(smallint, uuid, bigint, bigint),
  es_ops.release_relay(smallint, uuid, bigint), es_ops.claim_process(text, smallint, uuid, interval),
  es_ops.advance_process(text, smallint, uuid, bigint, bigint, bigint), es_ops.release_process(text, smallint, uuid, bigint) TO es_append;
