-- $37 and $38 when a stay has to begin, the second one excluded; $39 when stays end that have not ended; $40 the stream of
-- one sale; $41 and $42 stages and their ranks.
WITH meant AS MATERIALIZED (
  SELECT s.stream_id, s.sale_id, s.number, s.title, s.owner, s.status FROM sale_version AS s
