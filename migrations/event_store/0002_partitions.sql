-- Partitions of events (by position) and of receipts (by week), created ahead of need.

-- First position behind the last event partition of a log; 1 when there is none.
CREATE FUNCTION es.event_partition_end(p_log smallint) RETURNS bigint
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT coalesce(max(b.bound[2]::bigint), 1)
    FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
   CROSS JOIN LATERAL regexp_match(pg_get_expr(c.relpartbound, c.oid), $r$TO \('(\d+)', '(\d+)'\)$r$) AS b(bound)
   WHERE i.inhparent = 'es.event'::regclass AND b.bound[1]::smallint = p_log
$$;

-- CREATE + ATTACH rather than PARTITION OF: it takes no lock that appends or long readers would meet.
CREATE FUNCTION es.add_partition(p_parent regclass, p_name text, p_bounds text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  EXECUTE format('CREATE TABLE es.%I (LIKE %s INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING STORAGE)
                  WITH (fillfactor = 100, autovacuum_vacuum_insert_scale_factor = 0, autovacuum_vacuum_insert_threshold = 2000000)',
                 p_name, p_parent);
  EXECUTE format('ALTER TABLE %s ATTACH PARTITION es.%I FOR VALUES %s', p_parent, p_name, p_bounds);
  -- row triggers are cloned by ATTACH; TRUNCATE triggers are statement level and are not
  PERFORM es.protect(format('es.%I', p_name)::regclass, false);
END $$;

-- Keeps p_ahead empty event partitions of p_size positions in front of the head, and receipts for
-- today and two weeks ahead. Any number of callers at once; cheap when there is nothing to do.
CREATE FUNCTION es.ensure_partitions(p_log smallint, p_size bigint, p_ahead integer,
  OUT events_ahead integer, OUT days_ahead integer)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_end bigint; v_week date; v_last date := (clock_timestamp() AT TIME ZONE 'UTC')::date + 14;
BEGIN
  IF p_log < 1 OR p_size < 1 OR p_ahead < 1 OR p_ahead > 16 THEN
    RAISE EXCEPTION 'partitions need a log, a size and 1 to 16 ahead' USING ERRCODE = 'ES003';
  END IF;
  PERFORM pg_advisory_xact_lock(17749, p_log);
  LOOP
    SELECT a.events_ahead INTO events_ahead FROM es.partitions_ahead(p_log) a;
    EXIT WHEN events_ahead >= p_ahead;
    v_end := es.event_partition_end(p_log);
    PERFORM es.add_partition('es.event', format('event_%s_%s', p_log, lpad(v_end::text, 13, '0')),
                             format('FROM (%s, %s) TO (%s, %s)', p_log, v_end, p_log, v_end + p_size));
  END LOOP;
  -- receipts are shared by the logs of a database
  PERFORM pg_advisory_xact_lock(17749, 0);
  v_week := date_trunc('week', clock_timestamp() AT TIME ZONE 'UTC')::date - 7;
  WHILE v_week <= v_last LOOP
    IF to_regclass(format('es.command_%s', to_char(v_week, 'YYYYMMDD'))) IS NULL THEN
      PERFORM es.add_partition('es.command', format('command_%s', to_char(v_week, 'YYYYMMDD')),
                               format('FROM (%L) TO (%L)', v_week, v_week + 7));
    END IF;
    v_week := v_week + 7;
  END LOOP;
  SELECT a.days_ahead INTO days_ahead FROM es.partitions_ahead(p_log) a;
END $$;

-- The alarm figures: event partitions that hold nothing yet, and days for which receipts have a place.
CREATE FUNCTION es.partitions_ahead(p_log smallint, OUT events_ahead integer, OUT days_ahead integer)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT
    (SELECT count(*)::integer
       FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
      CROSS JOIN LATERAL regexp_match(pg_get_expr(c.relpartbound, c.oid), $r$FROM \('(\d+)', '(\d+)'\)$r$) AS b(bound)
      WHERE i.inhparent = 'es.event'::regclass AND b.bound[1]::smallint = p_log
        AND b.bound[2]::bigint > coalesce((SELECT x.last_position FROM es.batch x WHERE x.log_id = p_log
                                            ORDER BY x.last_position DESC LIMIT 1), 0)),
    (SELECT greatest(coalesce(max(b.bound[1]::date) - (clock_timestamp() AT TIME ZONE 'UTC')::date, 0), 0)
       FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
      CROSS JOIN LATERAL regexp_match(pg_get_expr(c.relpartbound, c.oid), $r$TO \('([\d-]+)'\)$r$) AS b(bound)
      WHERE i.inhparent = 'es.command'::regclass)
$$;

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA es FROM PUBLIC;
GRANT EXECUTE ON FUNCTION es.ensure_partitions(smallint, bigint, integer) TO es_append;
GRANT EXECUTE ON FUNCTION es.partitions_ahead(smallint) TO es_append, es_read, es_project;
