//! What each NATS user may publish and subscribe to: allow-lists only, no deny-list anywhere.
//! Reading another's replies is impossible, because each user's inbox has a prefix of its own.

/// Subjects a user may use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Allowed {
    /// Subjects it may publish to.
    pub publish: Vec<String>,
    /// Subjects it may subscribe to.
    pub subscribe: Vec<String>,
}

/// The prefix under which a tenant account imports the log's interface.
const IMPORTED: &str = "from-log";

fn allowed(publish: Vec<String>, name: &str) -> Allowed {
    Allowed { publish, subscribe: vec![format!("_INBOX_{name}.>")] }
}

/// The relay: the log's subjects, its stream, the stream's consumers. No snapshot, no restore.
#[must_use]
pub fn relay(log: i16) -> Allowed {
    let mut publish = vec![format!("sales.{log}.>")];
    for order in ["CREATE", "UPDATE", "INFO", "DELETE", "PURGE", "MSG.GET"] {
        publish.push(format!("$JS.API.STREAM.{order}.SALES_{log}"));
    }
    publish.extend(reading(log));
    for order in ["CONSUMER.NAMES", "CONSUMER.LIST"] {
        publish.push(format!("$JS.API.{order}.SALES_{log}"));
    }
    allowed(publish, super::RELAY)
}

/// The projection service: consumers of its own on the log's stream, and the stream's state.
#[must_use]
pub fn projection(log: i16) -> Allowed {
    let mut publish = vec![
        format!("$JS.API.STREAM.INFO.SALES_{log}"),
        format!("$JS.API.STREAM.MSG.GET.SALES_{log}"),
    ];
    publish.extend(reading(log));
    allowed(publish, super::PROJECTION)
}

/// What both insiders need to make, use and delete consumers.
fn reading(log: i16) -> Vec<String> {
    let stream = format!("SALES_{log}");
    vec![
        "$JS.API.INFO".to_owned(),
        "$JS.API.STREAM.NAMES".to_owned(),
        "$JS.API.STREAM.LIST".to_owned(),
        format!("$JS.API.DIRECT.GET.{stream}"),
        format!("$JS.API.DIRECT.GET.{stream}.>"),
        format!("$JS.API.CONSUMER.CREATE.{stream}"),
        format!("$JS.API.CONSUMER.CREATE.{stream}.>"),
        format!("$JS.API.CONSUMER.DURABLE.CREATE.{stream}.*"),
        format!("$JS.API.CONSUMER.INFO.{stream}.*"),
        format!("$JS.API.CONSUMER.DELETE.{stream}.*"),
        format!("$JS.API.CONSUMER.MSG.NEXT.{stream}.*"),
        format!("$JS.ACK.{stream}.>"),
        format!("$JS.FC.{stream}.>"),
    ]
}

/// The operator: everything.
#[must_use]
pub fn operator() -> Allowed {
    Allowed { publish: vec![">".to_owned()], subscribe: vec![">".to_owned()] }
}

/// What a tenant's consumer may ask: about itself, for its next messages, for the streams' names.
fn questions(log: i16, slug: &str) -> [String; 3] {
    [
        format!("CONSUMER.INFO.SALES_{log}.{slug}"),
        format!("CONSUMER.MSG.NEXT.SALES_{log}.{slug}"),
        "STREAM.NAMES".to_owned(),
    ]
}

fn receipts(log: i16, slug: &str) -> String {
    format!("$JS.ACK.SALES_{log}.{slug}.>")
}

/// A tenant's consumer. The server judges a mapped subject, so the imported names stand here.
#[must_use]
pub fn tenant(log: i16, slug: &str) -> Allowed {
    let asked = questions(log, slug).map(|question| format!("{IMPORTED}.{question}"));
    allowed(asked.into_iter().chain([receipts(log, slug)]).collect(), slug)
}

/// Lines by which the log's account offers each tenant its questions and receipts, and all of them
/// the streams' names.
#[must_use]
pub fn exports(log: i16, slugs: &[&str]) -> Vec<String> {
    let mut lines = Vec::new();
    for slug in slugs {
        let [about_itself, next, _] = questions(log, slug);
        let offers = [
            (format!("$JS.API.{about_itself}"), "singleton"),
            (format!("$JS.API.{next}"), "stream"),
            (receipts(log, slug), "singleton"),
        ];
        lines.extend(offers.map(|(subject, answers)| {
            format!("{{service: \"{subject}\", response_type: {answers}, accounts: [\"TENANT_{slug}\"]}}")
        }));
    }
    if !slugs.is_empty() {
        let accounts: Vec<String> = slugs.iter().map(|slug| format!("\"TENANT_{slug}\"")).collect();
        let accounts = accounts.join(", ");
        lines.push(format!("{{service: \"$JS.API.STREAM.NAMES\", accounts: [{accounts}]}}"));
    }
    lines
}

/// Lines by which a tenant's account takes what the log's account offers it.
#[must_use]
pub fn imports(log: i16, slug: &str) -> Vec<String> {
    let asked = questions(log, slug).map(|question| {
        format!(
            "{{service: {{account: LOG, subject: \"$JS.API.{question}\"}}, to: \"{IMPORTED}.{question}\"}}"
        )
    });
    let receipts = format!("{{service: {{account: LOG, subject: \"{}\"}}}}", receipts(log, slug));
    asked.into_iter().chain([receipts]).collect()
}

/// Lines that let an ordinary client ask under JetStream's own subjects.
#[must_use]
pub fn mappings(log: i16, slug: &str) -> Vec<String> {
    let mapped = questions(log, slug)
        .map(|question| format!("\"$JS.API.{question}\": \"{IMPORTED}.{question}\""));
    mapped.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_but_the_operator_may_use_the_whole_interface() {
        for allowed in [relay(1), projection(1), tenant(1, "demo")] {
            for subject in &allowed.publish {
                assert!(!["$JS.API.>", "$JS.>", ">"].contains(&subject.as_str()));
                assert!(!subject.contains("RESTORE") && !subject.contains("SNAPSHOT"));
            }
            assert_eq!(allowed.subscribe.len(), 1);
        }
        assert!(tenant(1, "demo").publish.iter().all(|subject| !subject.starts_with("sales")));
        assert!(projection(1).publish.iter().all(|subject| !subject.starts_with("sales")));
    }
}
