-- Making a generation: an empty schema that the projector fills and the query role reads. Its tables come from
-- <model>/tables.sql, which names no schema and is run with search_path set to the new one.
CREATE FUNCTION es_ops.begin_generation(p_name text, p_generation integer, p_state text, p_code_hash text) RETURNS text
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  generation_schema text := format('rm_%s_%s', p_name, p_generation);
BEGIN
  EXECUTE format('CREATE SCHEMA %I', generation_schema);
  EXECUTE format('GRANT USAGE ON SCHEMA %I TO es_project, es_query', generation_schema);
  EXECUTE format('ALTER DEFAULT PRIVILEGES IN SCHEMA %I GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO es_project', generation_schema);
  EXECUTE format('ALTER DEFAULT PRIVILEGES IN SCHEMA %I GRANT SELECT ON TABLES TO es_query', generation_schema);
  INSERT INTO es_ops.projection (name, generation, state, code_hash) VALUES (p_name, p_generation, p_state, p_code_hash);
  RETURN generation_schema;
END $$;
REVOKE ALL ON FUNCTION es_ops.begin_generation(text, integer, text, text) FROM PUBLIC;
