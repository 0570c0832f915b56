//! Who may do what on NATS, tried with real clients. The matrix of `users.rs`, row by row.

use std::time::Duration;

use async_nats::jetstream::{self, consumer, stream};
use async_nats::{Client, ConnectOptions, HeaderMap};
use futures::StreamExt;
use local_stack::nats::{OPERATOR, PROJECTION, RELAY, Server, Users};
use local_stack::toolchain;

struct Setup {
    server: Server,
    _folder: tempfile::TempDir,
}

async fn server() -> Setup {
    let folder = tempfile::tempdir().unwrap();
    let users = Users::new(1).unwrap().with_tenant("demo").unwrap().with_tenant("other").unwrap();
    let users = users.with_operator().unwrap();
    let binary = toolchain::nats_server().await.unwrap();
    let server = Server::start(&binary, &folder.path().join("nats"), users, None).await.unwrap();
    let relay = jetstream::new(client(&server, RELAY).await);
    let subjects = vec!["sales.1.>".to_owned()];
    let config = stream::Config { name: "SALES_1".into(), subjects, ..Default::default() };
    let stream = relay.create_stream(config).await.unwrap();
    for slug in ["demo", "other"] {
        let config = consumer::pull::Config {
            durable_name: Some(slug.into()),
            filter_subject: format!("sales.1.{slug}.>"),
            ..Default::default()
        };
        stream.create_consumer(config).await.unwrap();
    }
    Setup { server, _folder: folder }
}

async fn client(server: &Server, user: &str) -> Client {
    // This client leaves the credentials of a URL unread.
    let password = server.users().find(user).unwrap().password.clone();
    let options = ConnectOptions::with_user_and_password(user.to_owned(), password);
    options
        .custom_inbox_prefix(format!("_INBOX_{user}"))
        .connect(server.url_for(user))
        .await
        .unwrap()
}

/// Publishes as the relay does; answers the sequence.
async fn publish(server: &Server, subject: &str, last: u64) -> u64 {
    let relay = jetstream::new(client(server, RELAY).await);
    let mut headers = HeaderMap::new();
    headers.insert("Nats-Expected-Last-Sequence", last.to_string());
    let subject = subject.to_owned();
    let ack = relay.publish_with_headers(subject, headers, "{}".into()).await.unwrap();
    ack.await.unwrap().sequence
}

/// What the stream holds: its last sequence, asked by the operator.
async fn last_sequence(server: &Server) -> u64 {
    let operator = jetstream::new(client(server, OPERATOR).await);
    let mut stream = operator.get_stream("SALES_1").await.unwrap();
    stream.info().await.unwrap().state.last_sequence
}

/// Whether a request of `user` is answered with something else than an error.
async fn answered(user: &Client, subject: &str, body: &'static str) -> bool {
    let request = user.request(subject.to_owned(), body.into());
    match tokio::time::timeout(Duration::from_millis(400), request).await {
        Ok(Ok(message)) => !String::from_utf8_lossy(&message.payload).contains("\"error\""),
        Ok(Err(_)) | Err(_) => false,
    }
}

#[tokio::test]
async fn a_tenants_consumer_reads_its_own_messages_and_acknowledges_them() {
    let setup = server().await;
    publish(&setup.server, "sales.1.demo.sale.registered", 0).await;
    publish(&setup.server, "sales.1.other.sale.registered", 1).await;
    let demo = jetstream::new(client(&setup.server, "demo").await);
    let consumer: consumer::PullConsumer =
        demo.get_consumer_from_stream("demo", "SALES_1").await.unwrap();
    let mut messages = consumer.fetch().max_messages(10).messages().await.unwrap();
    let mut subjects = Vec::new();
    while let Some(message) = messages.next().await {
        let message = message.unwrap();
        message.double_ack().await.unwrap();
        subjects.push(message.subject.to_string());
    }
    assert_eq!(subjects, ["sales.1.demo.sale.registered"], "nothing of the other tenant");
    let mut again = consumer.fetch().max_messages(10).messages().await.unwrap();
    assert!(again.next().await.is_none(), "what was acknowledged does not come again");
}

#[tokio::test]
async fn a_tenants_user_may_ask_nothing_but_its_own_consumer() {
    let setup = server().await;
    let demo = client(&setup.server, "demo").await;
    assert!(answered(&demo, "$JS.API.CONSUMER.INFO.SALES_1.demo", "").await);
    assert!(answered(&demo, "$JS.API.STREAM.NAMES", "").await);
    let create = r#"{"stream_name":"SALES_1","config":{"durable_name":"spy","ack_policy":"none"}}"#;
    let denied = [
        ("$JS.API.CONSUMER.INFO.SALES_1.other", ""),
        ("$JS.API.CONSUMER.MSG.NEXT.SALES_1.other", "1"),
        ("$JS.API.CONSUMER.CREATE.SALES_1", create),
        ("$JS.API.CONSUMER.CREATE.SALES_1.spy", create),
        ("$JS.API.CONSUMER.DURABLE.CREATE.SALES_1.spy", create),
        ("$JS.API.CONSUMER.DELETE.SALES_1.demo", ""),
        ("$JS.API.STREAM.INFO.SALES_1", ""),
        ("$JS.API.STREAM.MSG.GET.SALES_1", r#"{"seq":1}"#),
        ("$JS.API.STREAM.PURGE.SALES_1", ""),
        ("$JS.API.STREAM.DELETE.SALES_1", ""),
        ("$JS.API.STREAM.CREATE.MINE", r#"{"name":"MINE","subjects":["mine"]}"#),
        ("from-log.CONSUMER.INFO.SALES_1.other", ""),
        ("$SYS.REQ.SERVER.PING", ""),
    ];
    for (subject, body) in denied {
        assert!(!answered(&demo, subject, body).await, "{subject} was answered");
    }
}

#[tokio::test]
async fn only_the_relay_publishes_to_the_log() {
    let setup = server().await;
    assert_eq!(publish(&setup.server, "sales.1.demo.sale.registered", 0).await, 1);
    for user in ["demo", "other", PROJECTION] {
        let client = client(&setup.server, user).await;
        client.publish("sales.1.demo.sale.forged", "{}".into()).await.unwrap();
        client.flush().await.unwrap();
    }
    assert_eq!(last_sequence(&setup.server).await, 1);
}

#[tokio::test]
async fn an_answer_cannot_be_led_into_the_log() {
    let setup = server().await;
    let demo = client(&setup.server, "demo").await;
    for (subject, body) in [
        ("$JS.API.CONSUMER.MSG.NEXT.SALES_1.demo", r#"{"batch":1,"no_wait":true}"#),
        ("$JS.API.CONSUMER.INFO.SALES_1.demo", ""),
        ("$JS.API.STREAM.NAMES", ""),
    ] {
        let forged = "sales.1.demo.sale.forged";
        demo.publish_with_reply(subject, forged, body.into()).await.unwrap();
    }
    demo.flush().await.unwrap();
    assert!(answered(&demo, "$JS.API.STREAM.NAMES", "").await, "the server has worked so far");
    assert_eq!(last_sequence(&setup.server).await, 0);
}

#[tokio::test]
async fn nobody_reads_anothers_replies() {
    let setup = server().await;
    for (spy, prey) in
        [("demo", "_INBOX_relay.>"), ("demo", "_INBOX_other.>"), (PROJECTION, "_INBOX_relay.>")]
    {
        let client = client(&setup.server, spy).await;
        let mut ears = client.subscribe(prey).await.unwrap();
        client.flush().await.unwrap();
        let operator = self::client(&setup.server, OPERATOR).await;
        operator.publish(prey.replace('>', "secret"), "secret".into()).await.unwrap();
        operator.flush().await.unwrap();
        let heard = tokio::time::timeout(Duration::from_millis(200), ears.next()).await;
        assert!(!matches!(heard, Ok(Some(_))), "{spy} heard {prey}");
    }
}

#[tokio::test]
async fn the_projection_reads_the_whole_log_in_order() {
    let setup = server().await;
    for last in 0..5 {
        publish(&setup.server, "sales.1.demo.sale.registered", last).await;
    }
    let projection = jetstream::new(client(&setup.server, PROJECTION).await);
    let stream = projection.get_stream("SALES_1").await.unwrap();
    let config = consumer::push::OrderedConfig {
        deliver_subject: "_INBOX_projection.feed".into(),
        ..Default::default()
    };
    let ordered = stream.create_consumer(config).await.unwrap();
    let messages = ordered.messages().await.unwrap().take(5);
    let seen: Vec<u64> =
        messages.map(|message| message.unwrap().info().unwrap().stream_sequence).collect().await;
    assert_eq!(seen, [1, 2, 3, 4, 5]);
    let pull = consumer::pull::OrderedConfig::default();
    let messages = stream.create_consumer(pull).await.unwrap().messages().await.unwrap().take(5);
    assert_eq!(messages.count().await, 5);
}

#[tokio::test]
async fn messages_survive_kill_9_on_the_same_port_and_a_wipe_forgets_them() {
    let mut setup = server().await;
    publish(&setup.server, "sales.1.demo.sale.registered", 0).await;
    let ports = setup.server.ports();
    setup.server.kill9().await;
    setup.server.start_again().await.unwrap();
    assert_eq!(setup.server.ports(), ports);
    assert_eq!(last_sequence(&setup.server).await, 1);
    setup.server.wipe().await.unwrap();
    setup.server.start_again().await.unwrap();
    let operator = jetstream::new(client(&setup.server, OPERATOR).await);
    assert!(operator.get_stream("SALES_1").await.is_err());
}
