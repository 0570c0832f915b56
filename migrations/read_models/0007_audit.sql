-- Whoever audits reads the rows of every tenant in every generation (`salgslogg verify` compares them with the log), and
-- writes nothing. Programs of the release before call this function too.
CREATE OR REPLACE FUNCTION es_ops.open_to_operator(p_schema text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  guarded text;
  reader record;
BEGIN
  FOR reader IN SELECT * FROM (VALUES ('of_the_operator', 'es_owner'), ('of_the_auditor', 'es_audit')) AS r (policy, who) LOOP
    FOR guarded IN
      SELECT format('%I.%I', n.nspname, c.relname) FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
       WHERE n.nspname = p_schema AND c.relforcerowsecurity
         AND NOT EXISTS (SELECT FROM pg_policy AS p WHERE p.polrelid = c.oid AND p.polname = reader.policy)
    LOOP
      EXECUTE format('CREATE POLICY %I ON %s FOR SELECT TO %I USING (true)', reader.policy, guarded, reader.who);
    END LOOP;
  END LOOP;
  IF to_regnamespace(quote_ident(p_schema)) IS NOT NULL THEN
    EXECUTE format('GRANT USAGE ON SCHEMA %I TO es_audit', p_schema);
    EXECUTE format('GRANT SELECT ON ALL TABLES IN SCHEMA %I TO es_audit', p_schema);
  END IF;
END $$;
SELECT es_ops.open_to_operator(format('rm_%s_%s', name, generation)) FROM es_ops.projection;
