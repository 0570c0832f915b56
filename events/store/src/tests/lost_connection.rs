//! Cases 1 and 3: the connection dies before, during or after the commit; every command is still
//! answered once and truthfully. A small proxy between store and Postgres cuts on order.

use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::AtomicU8;

use sqlx::postgres::PgConnectOptions;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use super::*;
use crate::testing::TestDatabase;

/// Lets everything through.
const PASS: u8 = 0;
/// Forwards half of the next request, then cuts: the call never runs.
const HALF_A_REQUEST: u8 = 1;
/// Forwards the next request, then cuts at once: the call runs unheard.
const UNHEARD: u8 = 2;
/// Waits for the answer of the next request and cuts instead of forwarding it: after the commit.
const LOSE_THE_ANSWER: u8 = 3;

/// A call carries its arrays; what the pool says to keep a connection is shorter.
const CALL_BYTES_MIN: usize = 200;

struct Proxy {
    order: Arc<AtomicU8>,
    store: EventStore,
    _tasks: JoinSet<()>,
}

impl Proxy {
    /// A store that reaches the database through the proxy, with its statement already prepared.
    async fn before(database: &TestDatabase) -> Self {
        let url = database.url_for("salgslogg_command");
        let options = PgConnectOptions::from_str(&url).unwrap();
        let target = format!("{}:{}", options.get_host(), options.get_port());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let order = Arc::new(AtomicU8::new(PASS));
        let mut tasks = JoinSet::new();
        let orders = order.clone();
        tasks.spawn(async move {
            let mut connections = JoinSet::new();
            loop {
                let (client, _) = listener.accept().await.unwrap();
                let server = TcpStream::connect(&target).await.unwrap();
                connections.spawn(forward(client, server, orders.clone()));
            }
        });
        let through = options.host("127.0.0.1").port(port).options([("enable_seqscan", "off")]);
        let pool = sqlx::postgres::PgPoolOptions::new()
            .max_connections(1)
            .test_before_acquire(false)
            .connect_lazy_with(through);
        let store = EventStore::new(pool, 1);
        append(&store, one(sale("warm"), 0, vec![registered()])).await;
        Self { order, store, _tasks: tasks }
    }

    fn order(&self, order: u8) {
        self.order.store(order, Ordering::SeqCst);
    }
}

async fn forward(mut client: TcpStream, mut server: TcpStream, order: Arc<AtomicU8>) {
    let (mut asked, mut answered) = (vec![0; 65_536], vec![0; 65_536]);
    let mut called = false;
    loop {
        tokio::select! {
            read = client.read(&mut asked) => {
                let Ok(count @ 1..) = read else { return };
                called = count >= CALL_BYTES_MIN;
                let cut = match order.load(Ordering::SeqCst) {
                    HALF_A_REQUEST if called => Some(count / 2),
                    UNHEARD if called => Some(count),
                    _ => None,
                };
                if server.write_all(&asked[..cut.unwrap_or(count)]).await.is_err() {
                    return;
                }
                if cut.is_some() {
                    order.store(PASS, Ordering::SeqCst);
                    return;
                }
            }
            read = server.read(&mut answered) => {
                let Ok(count @ 1..) = read else { return };
                if called && order.compare_exchange(LOSE_THE_ANSWER, PASS, Ordering::SeqCst, Ordering::SeqCst).is_ok() {
                    return;
                }
                if client.write_all(&answered[..count]).await.is_err() {
                    return;
                }
            }
        }
    }
}

fn unkeyed_group() -> Group {
    group(vec![
        to(sale(2), 0, vec![registered(), advanced()]),
        to(sale("warm"), 1, vec![advanced()]),
    ])
}

#[tokio::test]
async fn case_1_a_lost_answer_after_the_commit_is_found_again_by_the_key() {
    let database = TestDatabase::create().await;
    let proxy = Proxy::before(&database).await;
    proxy.order(LOSE_THE_ANSWER);
    let command = keyed(1, one(sale(1), 0, vec![registered()]));
    let Outcome::Duplicate(receipt) = append(&proxy.store, command.clone()).await else {
        panic!("the batch was not sent again")
    };
    assert_eq!((receipt.version, receipt.last, receipt.number), (1, Some(2), Some(1002)));
    // what a client does whose own connection died: the same command again
    assert_eq!(append(&proxy.store, command).await, Outcome::Duplicate(receipt));
    assert_eq!(log_is_ok(&proxy.store).await, 2);
}

#[tokio::test]
async fn case_1_without_a_key_the_events_themselves_are_recognised() {
    let database = TestDatabase::create().await;
    let proxy = Proxy::before(&database).await;
    proxy.order(LOSE_THE_ANSWER);
    let batch = [
        unkeyed_group(),
        one(sale(3), 4, vec![advanced()]),
        keyed(1, one(sale("warm"), 2, vec![])),
    ];
    let outcomes = proxy.store.append(WRITER, &batch[..2]).await.unwrap();
    assert_eq!(outcomes[0], appended(&[2, 2], 2, 4, Some(1002)));
    assert_eq!(outcomes[1], Outcome::Conflict { versions: vec![0] }, "a true conflict stays one");
    proxy.order(LOSE_THE_ANSWER);
    let nothing = append(&proxy.store, batch[2].clone()).await;
    assert!(matches!(nothing, Outcome::Duplicate(receipt) if receipt.last.is_none()));
    assert_eq!(log_is_ok(&proxy.store).await, 4);
}

/// What a group rested on has moved when it is sent again, here through its neighbour in the same batch.
#[tokio::test]
async fn case_1_without_a_key_events_are_recognised_although_what_they_rested_on_has_moved() {
    let database = TestDatabase::create().await;
    let proxy = Proxy::before(&database).await;
    let warm = sale("warm").stream_id(&demo());
    let batch = [one(sale(2), 0, vec![registered()]), one(sale("warm"), 1, vec![advanced()])];
    proxy.order(LOSE_THE_ANSWER);
    let rests = [vec![(warm, 1)], vec![]];
    let outcomes = proxy.store.append_resting(WRITER, &batch, &rests).await.unwrap();
    assert_eq!(outcomes[0], appended(&[1], 2, 2, Some(1002)));
    assert_eq!(outcomes[1], appended(&[2], 3, 3, Some(1001)));
    let late = [one(sale(3), 0, vec![registered()])];
    let refused = proxy.store.append_resting(WRITER, &late, &[vec![(warm, 1)]]).await.unwrap();
    assert_eq!(refused[0], Outcome::RestsOnThePast, "what was never stored is refused as ever");
    assert_eq!(log_is_ok(&proxy.store).await, 3);
}

#[tokio::test]
async fn case_3_a_connection_lost_before_the_call_ran_costs_nothing() {
    let database = TestDatabase::create().await;
    let proxy = Proxy::before(&database).await;
    proxy.order(HALF_A_REQUEST);
    let command = keyed(1, one(sale(1), 0, vec![registered()]));
    assert_eq!(append(&proxy.store, command).await, appended(&[1], 2, 2, Some(1002)));
    proxy.order(HALF_A_REQUEST);
    assert_eq!(append(&proxy.store, unkeyed_group()).await, appended(&[2, 2], 3, 5, Some(1003)));
    assert_eq!(log_is_ok(&proxy.store).await, 5);
}

#[tokio::test]
async fn case_3_a_connection_lost_while_the_call_waits_or_runs_is_answered_once() {
    let database = TestDatabase::create().await;
    let proxy = Proxy::before(&database).await;
    for round in 0..5 {
        let mut holder = database.superuser().await;
        sqlx::raw_sql("SELECT pg_advisory_lock(17747, 1)").execute(&mut holder).await.unwrap();
        proxy.order(UNHEARD);
        let command = keyed(round, one(sale(round), 0, vec![registered(), advanced()]));
        let release = async {
            // both the cut call and its repeat wait for the lock now
            wait_for_waiting_calls(&mut holder, 2).await;
            sqlx::raw_sql("SELECT pg_advisory_unlock(17747, 1)")
                .execute(&mut holder)
                .await
                .unwrap();
        };
        let (outcome, ()) = tokio::join!(append(&proxy.store, command), release);
        let last = i64::from(round) * 2 + 3;
        match outcome {
            Outcome::Duplicate(receipt) => {
                assert_eq!((receipt.version, receipt.last), (2, Some(last)))
            }
            Outcome::Appended(told) => {
                assert_eq!((told.versions, told.last), (vec![2], Some(last)))
            }
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(log_is_ok(&proxy.store).await, 11);
}

#[tokio::test]
async fn a_backend_terminated_in_the_call_is_replaced_and_the_batch_sent_again() {
    let database = TestDatabase::create().await;
    let proxy = Proxy::before(&database).await;
    let mut holder = database.superuser().await;
    sqlx::raw_sql("SELECT pg_advisory_lock(17747, 1)").execute(&mut holder).await.unwrap();
    let kill = async {
        wait_for_waiting_calls(&mut holder, 1).await;
        sqlx::raw_sql(
            "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted; \
             SELECT pg_advisory_unlock(17747, 1)",
        )
        .execute(&mut holder)
        .await
        .unwrap();
    };
    let (outcome, ()) = tokio::join!(append(&proxy.store, unkeyed_group()), kill);
    assert_eq!(outcome, appended(&[2, 2], 2, 4, Some(1002)));
    assert_eq!(log_is_ok(&proxy.store).await, 4);
}

async fn wait_for_waiting_calls(connection: &mut sqlx::PgConnection, calls: i64) {
    for _ in 0..20_000 {
        let waiting: i64 = sqlx::query_scalar(
            "SELECT count(*) FROM pg_locks l JOIN pg_database d ON d.oid = l.database \
             WHERE d.datname = current_database() AND l.locktype = 'advisory' AND NOT l.granted",
        )
        .fetch_one(&mut *connection)
        .await
        .unwrap();
        if waiting >= calls {
            return;
        }
    }
    panic!("no call waits for the lock");
}
