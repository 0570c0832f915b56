-- Which sale types a tenant has is asked when a stage is deleted; there are a few of them among all its streams.
-- contract: one pass over es.stream, a row a stream, keeps writers out for seconds once; with the guides of sale types
CREATE INDEX stream_sale_type ON es.stream (log_id, tenant_id) WHERE aggregate = 'sale-type';
