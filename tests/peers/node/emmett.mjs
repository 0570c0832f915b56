// Emmett: CommandHandler over getPostgreSQLEventStore, and a projector of a consumer.
//
//   node emmett.mjs emmett commands CLIENTS SECONDS POOL
//   node emmett.mjs emmett/BATCH projection SALES
//
// Prints one line of JSON, like `peers cell`. PEERS_DATABASE_URL names the database.
import { randomUUID } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { CommandHandler } from '@event-driven-io/emmett';
import {
  getPostgreSQLEventStore,
  postgreSQLEventStoreConsumer,
  postgreSQLProjector,
  postgreSQLRawBatchSQLProjection,
} from '@event-driven-io/emmett-postgresql';
import { SQL } from '@event-driven-io/dumbo';
import pg from 'pg';

const url = process.env.PEERS_DATABASE_URL;
const text =
  'A sale as sellers describe it, with enough words to make a payload of ordinary size. The buyer asked for ' +
  'two offers, one with and one without the yearly agreement, and wants to hear from us before the end of the quarter.';
const metadata = { actor: 'ola', correlation: '6f1f8c1e-53a8-4a53-93a0-0d6ad8a4a9b1' };

const steps = ['register', 1, 2, 3, 4, 5, 'close'];
const initialState = () => ({ version: 0, stage: 0, closed: false });

function decide(state, sale, step) {
  const allowed =
    step === 'register' ? state.version === 0 : state.version > 0 && !state.closed;
  if (!allowed || (typeof step === 'number' && step !== state.stage + 1)) {
    throw new Error(`${step} is not allowed now`);
  }
  const type = step === 'register' ? 'registered' : step === 'close' ? 'closed' : 'advanced';
  const stage = typeof step === 'number' ? step : state.stage;
  return { type, data: { sale, stage, text }, metadata };
}

function evolve(state, { type, data }) {
  return { version: state.version + 1, stage: data.stage, closed: type === 'closed' };
}

async function withStore(pool, work) {
  const connections = new pg.Pool({ connectionString: url, max: pool });
  const store = getPostgreSQLEventStore(url, { connectionOptions: { pool: connections } });
  try {
    await store.schema.migrate();
    return await work(store);
  } finally {
    await store.close();
    await connections.end();
  }
}

async function commands(clients, seconds, pool) {
  return withStore(pool, async (store) => {
    let retries = 0;
    const onVersionConflict = { retries: 1_000, minTimeout: 1, factor: 1, onRetry: () => (retries += 1) };
    const handle = CommandHandler({ evolve, initialState, retry: { onVersionConflict } });
    const times = [];
    const start = performance.now();
    const client = async () => {
      for (;;) {
        const sale = randomUUID();
        for (const step of steps) {
          const one = performance.now();
          await handle(store, `sale-${sale}`, (state) => decide(state, sale, step));
          times.push(performance.now() - one);
          if (performance.now() - start >= seconds * 1_000) return;
        }
      }
    };
    await Promise.all(Array.from({ length: clients }, client));
    const elapsed = (performance.now() - start) / 1_000;
    times.sort((a, b) => a - b);
    const at = (part) => times[Math.floor((times.length * part) / 100)] ?? 0;
    return {
      rate: times.length / elapsed,
      p50_ms: at(50),
      p99_ms: at(99),
      retries_percent: (retries * 100) / Math.max(1, times.length),
    };
  });
}

// One statement a batch: what the events of a sale add up to.
function upserts(events) {
  const rows = new Map();
  for (const { type, data } of events) {
    const row = rows.get(data.sale) ?? { stage: 0, events: 0, closed: false };
    rows.set(data.sale, {
      stage: Math.max(row.stage, data.stage),
      events: row.events + 1,
      closed: row.closed || type === 'closed',
    });
  }
  const all = JSON.stringify([...rows].map(([sale, row]) => ({ sale, ...row })));
  return [
    SQL`INSERT INTO peer_view AS v (sale, stage, events, closed)
      SELECT sale, stage, events, closed
      FROM jsonb_to_recordset(${all}::jsonb) AS r(sale uuid, stage integer, events bigint, closed boolean)
      ON CONFLICT (sale) DO UPDATE SET stage = greatest(v.stage, excluded.stage),
        events = v.events + excluded.events, closed = v.closed OR excluded.closed`,
  ];
}

async function projection(batchSize, sales) {
  await withStore(8, async (store) => {
    for (let sale = 0; sale < sales; sale += 1) {
      const id = randomUUID();
      let state = initialState();
      const life = steps.map((step) => {
        const event = decide(state, id, step);
        state = evolve(state, event);
        return event;
      });
      await store.appendToStream(`sale-${id}`, life);
    }
  });
  const client = new pg.Client(url);
  await client.connect();
  await client.query(
    'CREATE TABLE peer_view (sale uuid PRIMARY KEY, stage integer NOT NULL, events bigint NOT NULL, closed boolean NOT NULL)',
  );
  // from the first batch on: setting up is not following
  let start;
  const definition = postgreSQLRawBatchSQLProjection({
    name: 'peer-view',
    canHandle: ['registered', 'advanced', 'closed'],
    evolve: (events) => {
      start ??= performance.now();
      return upserts(events);
    },
  });
  const consumer = postgreSQLEventStoreConsumer({
    connectionString: url,
    stopWhen: { noMessagesLeft: true },
    pulling: { batchSize, pullingFrequencyInMs: 10 },
    processors: [postgreSQLProjector({ projection: definition, connectionOptions: { connectionString: url } })],
  });
  await consumer.start();
  const elapsed = (performance.now() - start) / 1_000;
  const whole = 'SELECT count(*)::int AS n FROM peer_view WHERE closed AND events = 7 AND stage = 5';
  const { rows } = await client.query(whole);
  await client.end();
  await consumer.close();
  if (rows[0].n !== sales) throw new Error(`${rows[0].n} of ${sales} sales are whole`);
  return { rate: (sales * 7) / elapsed };
}

const [peer, what, ...numbers] = process.argv.slice(2);
const given = numbers.map(Number);
const measured =
  what === 'commands' ? await commands(...given) : await projection(Number(peer.split('/')[1]), ...given);
console.log(JSON.stringify(measured));
process.exit(0);
