//! People at work: clients that send commands under keys, try again until they are told that it is done, and remember
//! what they were told.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use event_store::EventStore;
use serde_json::{Value, json};
use service_runtime::clock::back_off;
use service_runtime::{Clock, Tasks, ids};
use system_tests::Fleet;
use system_tests::eventually::eventually;
use uuid::Uuid;

/// The longest wait for one answer; a paused service answers to nobody.
const PATIENCE: Duration = Duration::from_secs(3);

/// Commands sent once more at the end of a test: so many of the newest, and about as many of before.
const REPEATS: usize = 50;

/// What a client was told.
#[derive(Debug, Clone)]
struct Told {
    /// A text that no other command writes.
    mark: String,
    position: i64,
    path: String,
    body: Value,
    answer: Value,
}

/// Where the services are, as of now.
type Addresses = Arc<Mutex<Vec<String>>>;

/// Clients under way.
pub struct Traffic {
    tasks: Tasks,
    addresses: Addresses,
    stop: Arc<AtomicBool>,
    done: Arc<AtomicUsize>,
    refused: Arc<AtomicUsize>,
    told: Arc<Mutex<Vec<Told>>>,
    clients: Vec<tokio::task::JoinHandle<()>>,
}

struct Client {
    number: usize,
    http: reqwest::Client,
    token: String,
    addresses: Addresses,
    kind: Uuid,
    terms: Value,
    told: Arc<Mutex<Vec<Told>>>,
    done: Arc<AtomicUsize>,
    refused: Arc<AtomicUsize>,
}

impl Traffic {
    /// Defines a sale type and sets so many clients to work.
    pub async fn start(fleet: &Fleet, clients: usize) -> Self {
        let tasks = Tasks::new();
        let mut traffic = Self {
            tasks: tasks.clone(),
            addresses: Arc::new(Mutex::new(fleet.command_urls())),
            stop: Arc::default(),
            done: Arc::default(),
            refused: Arc::default(),
            told: Arc::default(),
            clients: Vec::new(),
        };
        let kind = ids::new_id();
        let body = json!({"id": kind, "name": "Simple sale"});
        traffic.client(fleet, 0, kind).until_done("/v1/sale-types", "type", &body).await;
        for number in 1..=clients {
            let (client, stop) = (traffic.client(fleet, number, kind), Arc::clone(&traffic.stop));
            traffic.clients.push(tasks.spawn(client.work(stop)));
        }
        traffic
    }

    fn client(&self, fleet: &Fleet, number: usize, kind: Uuid) -> Client {
        let in_a_month = (Clock::system().now() + chrono::Duration::days(30)).date_naive();
        Client {
            number,
            http: reqwest::Client::builder().timeout(PATIENCE).build().unwrap(),
            token: fleet.token(),
            addresses: Arc::clone(&self.addresses),
            kind,
            terms: json!({"reopen_date": in_a_month, "reason": "budget"}),
            told: Arc::clone(&self.told),
            done: Arc::clone(&self.done),
            refused: Arc::clone(&self.refused),
        }
    }

    /// A service started again may listen elsewhere.
    pub fn look_up(&self, fleet: &Fleet) {
        *self.addresses.lock().unwrap() = fleet.command_urls();
    }

    /// Commands done so far.
    pub fn done(&self) -> usize {
        self.done.load(Ordering::SeqCst)
    }

    /// Requests so far that got no answer, or were told to come back.
    pub fn refused(&self) -> usize {
        self.refused.load(Ordering::SeqCst)
    }

    /// Clients get so much more done.
    pub async fn goes_on(&self, more: usize) {
        let goal = self.done() + more;
        eventually("clients go on", Duration::from_secs(90), async || self.done() >= goal).await;
    }

    /// Sends commands that were acknowledged once more under their keys, the newest and some of before: each gets the
    /// answer it had.
    pub async fn repeats_are_answered_as_before(&self, fleet: &Fleet) {
        let told = self.told.lock().unwrap().clone();
        let client = self.client(fleet, 0, Uuid::nil());
        let some = told.len().div_ceil(REPEATS);
        for told in told.iter().rev().take(REPEATS).chain(told.iter().step_by(some.max(1))) {
            let again = client.until_done(&told.path, &told.mark, &told.body).await;
            assert_eq!(again, told.answer, "{} was answered in two ways", told.mark);
        }
    }

    /// Lets every client finish what it is at; answers what they were told.
    pub async fn end(self) -> Acknowledged {
        self.stop.store(true, Ordering::SeqCst);
        for client in self.clients {
            client.await.unwrap();
        }
        self.tasks.stop();
        let told = self.told.lock().unwrap().clone();
        Acknowledged(told)
    }
}

impl Client {
    async fn work(self, stop: Arc<AtomicBool>) {
        let mut sales = 0;
        while !stop.load(Ordering::SeqCst) {
            sales += 1;
            let (id, mark) = (ids::new_id(), format!("c{} s{sales}", self.number));
            let sale = json!({"id": id, "title": mark, "sale_type": self.kind});
            self.tell("/v1/sales", &mark, &sale).await;
            for edit in 1..=4 {
                let mark = format!("{mark} e{edit}");
                self.tell(&format!("/v1/sales/{id}/edit"), &mark, &json!({"title": mark})).await;
            }
            // a timer for the process managers
            let stall = format!("/v1/sales/{id}/stall");
            self.until_done(&stall, &format!("{mark} stalled"), &self.terms).await;
        }
    }

    async fn tell(&self, path: &str, mark: &str, body: &Value) {
        let answer = self.until_done(path, mark, body).await;
        let position = answer["position"].as_i64().unwrap_or_else(|| panic!("{mark}: {answer}"));
        let (mark, path, body) = (mark.to_owned(), path.to_owned(), body.clone());
        self.told.lock().unwrap().push(Told { mark, position, path, body, answer });
        self.done.fetch_add(1, Ordering::SeqCst);
    }

    /// Sends under a key until the answer is that it is done.
    async fn until_done(&self, path: &str, mark: &str, body: &Value) -> Value {
        for attempt in self.number.. {
            let url = {
                let addresses = self.addresses.lock().unwrap();
                format!("{}{path}", addresses[attempt % addresses.len()])
            };
            let ask = self.http.post(url).bearer_auth(&self.token).header("idempotency-key", mark);
            if let Some(answer) = understood(ask.json(body).send().await, mark).await {
                return answer;
            }
            self.refused.fetch_add(1, Ordering::SeqCst);
            back_off(Duration::from_millis(20)).await;
        }
        unreachable!("a client never gives up")
    }
}

/// The answer of a command that is done; none = ask again. Anything else is a lie of the service.
async fn understood(answer: reqwest::Result<reqwest::Response>, mark: &str) -> Option<Value> {
    let answer = answer.ok()?;
    let status = answer.status().as_u16();
    let body = answer.bytes().await.ok()?;
    match status {
        200 | 201 => serde_json::from_slice(&body).ok(),
        // 401: a stranger took the port of a service that is down
        401 | 429 | 500..=599 => None,
        _ => panic!("{mark}: {status} {}", String::from_utf8_lossy(&body)),
    }
}

/// What the clients were told.
pub struct Acknowledged(Vec<Told>);

impl Acknowledged {
    /// Every command somebody was told of is in the log exactly once, where he was told; and nothing else is.
    pub async fn are_in(&self, store: &EventStore) -> usize {
        let mut written: BTreeMap<String, Vec<i64>> = BTreeMap::new();
        let mut after = 0;
        loop {
            let page = store.read_after(after, 2_000).await.unwrap();
            let Some(last) = page.last() else { break };
            after = last.position;
            for event in &page {
                if ["sale.registered", "sale.title-changed"].contains(&event.event_type.as_str()) {
                    let payload: Value = serde_json::from_slice(&event.payload).unwrap();
                    let mark = payload["title"].as_str().unwrap().to_owned();
                    written.entry(mark).or_default().push(event.position);
                }
            }
        }
        for told in &self.0 {
            let places = written.get(&told.mark).map_or(&[][..], Vec::as_slice);
            let [place] = places else { panic!("{told:?} is in the log {} times", places.len()) };
            // the answer names the newest position of the command's group
            assert!(*place <= told.position && told.position - place < 5, "{told:?} is at {place}");
        }
        assert_eq!(written.len(), self.0.len(), "nothing is in the log that nobody was told of");
        self.0.len()
    }
}
