-- Whoever audits reads receipts too (`salgslogg verify`), beside what es_read may.
GRANT USAGE ON SCHEMA es TO es_audit;
GRANT SELECT ON es.command TO es_audit;
