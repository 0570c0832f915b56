-- Which users a tenant has is asked when a group gets a row of targets, which rows there are when a type of targets goes;
-- there are few of both among all its streams.
-- contract: one pass over es.stream, a row a stream, keeps writers out for seconds once; with sales targets
CREATE INDEX stream_user_target ON es.stream (log_id, tenant_id, aggregate) WHERE aggregate IN ('user', 'target');
