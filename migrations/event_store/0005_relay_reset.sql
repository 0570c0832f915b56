-- What the relay tells its operators, and the one thing they may ask of it: to make its stream anew. An operator has a
-- database role and no rights on NATS, so the request is written here and carried out by whoever holds the lease.

ALTER TABLE es_ops.relay
  ADD COLUMN halted          text,                  -- why nothing is published; null = it goes on
  ADD COLUMN halted_code     text,                  -- the same as one word, as in the metric
  ADD COLUMN halted_position bigint,                -- where the two histories part, when that is one place
  ADD COLUMN halted_at       timestamptz,
  ADD COLUMN reset_asked_at  timestamptz,           -- a request that waits to be carried out
  ADD COLUMN reset_asked_by  text,
  ADD COLUMN reset_from      bigint CHECK (reset_from > 0), -- first position of the new stream; null = as its limits say
  ADD COLUMN reset_done_at   timestamptz,           -- when the stream was last made anew on request
  ADD COLUMN reset_done_from bigint;                -- its first position then

-- Notes that the relay halted, or with p_code null that it goes on; false = the lease is no longer ours.
CREATE FUNCTION es_ops.relay_halted(p_log smallint, p_owner uuid, p_epoch bigint, p_code text, p_reason text, p_position bigint) RETURNS boolean
LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $$
  WITH noted AS (
    UPDATE es_ops.relay
       SET halted = p_reason, halted_code = p_code, halted_position = p_position,
           halted_at = CASE WHEN p_code IS NULL THEN NULL WHEN halted_code = p_code THEN halted_at ELSE clock_timestamp() END
     WHERE log_id = p_log AND lease_owner = p_owner AND lease_epoch = p_epoch
    RETURNING 1)
  SELECT EXISTS (SELECT FROM noted)
$$;

-- Operator: asks for a new stream that begins at p_from. A second request replaces one that still waits.
CREATE FUNCTION es_ops.ask_relay_reset(p_log smallint, p_stream text, p_from bigint) RETURNS timestamptz
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  head  bigint := (SELECT coalesce(max(last_position), 0) FROM es.batch WHERE log_id = p_log);
  asked timestamptz := clock_timestamp();
BEGIN
  IF p_from < 1 OR p_from > head + 1 THEN
    RAISE EXCEPTION 'a stream of log % can begin at 1 to %, not at %', p_log, head + 1, p_from USING ERRCODE = 'ES003';
  END IF;
  INSERT INTO es_ops.relay AS r (log_id, stream_name, reset_asked_at, reset_asked_by, reset_from)
  VALUES (p_log, p_stream, asked, current_user, p_from)
  ON CONFLICT (log_id) DO UPDATE
     SET reset_asked_at = asked, reset_asked_by = current_user, reset_from = p_from;
  PERFORM pg_notify('es', p_log || ':reset');
  RETURN asked;
END $$;

-- The relay has carried out the request of p_asked_at: another generation, at its first position; one made meanwhile stays.
CREATE FUNCTION es_ops.relay_reset_done(p_log smallint, p_owner uuid, p_epoch bigint, p_asked_at timestamptz, p_first bigint) RETURNS boolean
LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $$
  WITH done AS (
    UPDATE es_ops.relay
       SET stream_gen = stream_gen + 1, acked = p_first - 1, updated_at = clock_timestamp(),
           reset_done_at = clock_timestamp(), reset_done_from = p_first,
           halted = NULL, halted_code = NULL, halted_position = NULL, halted_at = NULL,
           reset_asked_by = CASE WHEN reset_asked_at = p_asked_at THEN NULL ELSE reset_asked_by END,
           reset_from     = CASE WHEN reset_asked_at = p_asked_at THEN NULL ELSE reset_from END,
           reset_asked_at = nullif(reset_asked_at, p_asked_at)
     WHERE log_id = p_log AND lease_owner = p_owner AND lease_epoch = p_epoch
    RETURNING 1)
  SELECT EXISTS (SELECT FROM done)
$$;

REVOKE ALL ON FUNCTION es_ops.relay_halted(smallint, uuid, bigint, text, text, bigint),
  es_ops.ask_relay_reset(smallint, text, bigint),
  es_ops.relay_reset_done(smallint, uuid, bigint, timestamptz, bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION es_ops.relay_halted(smallint, uuid, bigint, text, text, bigint),
  es_ops.relay_reset_done(smallint, uuid, bigint, timestamptz, bigint) TO es_append;
