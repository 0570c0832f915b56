-- A poison event: where a part stands because of it, what is known of a stream set aside, and a person's wish to try
-- it again. No program has written a parked row before this migration.
ALTER TABLE es_ops.projection_part
  ADD COLUMN halted_position bigint,              -- the event it stands before
  ADD COLUMN halted_reason   text;                -- a word for machines; `halted` is the sentence for people

ALTER TABLE es_ops.parked_stream
  ADD COLUMN tenant_id            integer NOT NULL,
  ADD COLUMN tenant               text    NOT NULL,
  ADD COLUMN stream               text    NOT NULL, -- as people name it, sale/<id>
  ADD COLUMN failed_position      bigint  NOT NULL, -- the event that cannot be applied; from_position begins the queue
  ADD COLUMN event_type           text    NOT NULL, -- of that event
  ADD COLUMN reason               text    NOT NULL, -- a word for machines; `error` is the sentence for people
  ADD COLUMN queued               bigint  NOT NULL, -- events in parked_event
  ADD COLUMN tried_at             timestamptz NOT NULL DEFAULT now(),
  ADD COLUMN redrive_requested_at timestamptz;    -- set by an operator, cleared by the lane that tried

CREATE INDEX parked_event_by_stream ON es_ops.parked_event (name, generation, log_id, stream_id, position);

-- A tenant sees what is parked of its own and nothing else. The owner of the tables, the operator, sees all.
ALTER TABLE es_ops.parked_stream ENABLE ROW LEVEL SECURITY;
CREATE POLICY of_the_asking_tenant ON es_ops.parked_stream FOR SELECT TO es_query
  USING (tenant_id = NULLIF(current_setting('salgslogg.tenant_id', true), '')::integer);
CREATE POLICY of_the_projector ON es_ops.parked_stream FOR ALL TO es_project USING (true) WITH CHECK (true);
