//! Taking a verified range out of the table, and putting it back. Needs the rights of `es_owner`.

use events::{Aggregate, Recorded};
use sqlx::{Connection, PgConnection};

use super::file::Archive;
use super::{ArchiveError, hex, unhex};
use crate::EventStore;

/// What is taken out: histories that grow without end. Everything else stays where commands find it.
pub const TAKEN_OUT: [Aggregate; 2] = [Aggregate::Sale, Aggregate::Activity];

/// Rows copied back in one message.
const COPY_AT_ONCE: usize = 1 << 20;

/// A statement waits no longer for a table, since everybody else waits behind it.
const PATIENT: &str = "SET LOCAL lock_timeout = '5s'";

/// Takes the range of an archive out of the table, after the file was proved and compared with every row. Answers how
/// many rows lie in the file alone from now on.
///
/// # Errors
/// When the file is not what the table holds, or the range is the newest, not the next one, or no whole partition.
pub async fn detach(
    operator: &mut PgConnection,
    store: &EventStore,
    archive: &Archive,
) -> Result<i64, ArchiveError> {
    archive.verify_against(store, true).await?;
    let manifest = archive.manifest();
    let bytes = |text: &str| unhex(text).unwrap_or_default();
    let aggregates: Vec<&str> = TAKEN_OUT.iter().map(|kind| kind.as_str()).collect();
    let mut tx = operator.begin().await?;
    sqlx::query(PATIENT).execute(&mut *tx).await?;
    let gone = sqlx::query_scalar("SELECT es.detach_archived($1, $2, $3, $4, $5, $6, $7, $8)")
        .bind(manifest.log)
        .bind(manifest.first)
        .bind(manifest.last)
        .bind(&manifest.file)
        .bind(bytes(&manifest.file_sha256))
        .bind(bytes(&manifest.contents_sha256))
        .bind(bytes(&manifest.tail.concat()))
        .bind(&aggregates)
        .fetch_one(&mut *tx)
        .await
        .map_err(not_now)?;
    tx.commit().await?;
    Ok(gone)
}

/// Puts the range of an archive back, whole, after the file was proved against the log's chain and against what the log
/// remembers of it.
///
/// # Errors
/// When the file is another one, or a range behind it is still out.
pub async fn restore(
    operator: &mut PgConnection,
    store: &EventStore,
    archive: &Archive,
) -> Result<i64, ArchiveError> {
    archive.verify_against(store, false).await?;
    let manifest = archive.manifest();
    let known: Option<Vec<u8>> = sqlx::query_scalar(
        "SELECT contents_sha256 FROM es.archive WHERE log_id = $1 AND first_position = $2 AND last_position = $3",
    )
    .bind(manifest.log)
    .bind(manifest.first)
    .bind(manifest.last)
    .fetch_optional(&mut *operator)
    .await?;
    let Some(known) = known else {
        let (first, last) = (manifest.first, manifest.last);
        return Err(ArchiveError::NotNow(format!("positions {first} to {last} are not detached")));
    };
    if hex(&known) != manifest.contents_sha256 {
        return Err(archive.refuted("is not the file whose range was detached"));
    }
    let name = format!("event_{}_{:013}", manifest.log, manifest.first);
    let mut tx = operator.begin().await?;
    sqlx::query(PATIENT).execute(&mut *tx).await?;
    sqlx::query("SELECT es.beside_partition($1, $2, $3, $4)")
        .bind(manifest.log)
        .bind(manifest.first)
        .bind(manifest.last)
        .bind(&name)
        .execute(&mut *tx)
        .await?;
    copy_back(&mut tx, archive, &name).await?;
    sqlx::query("SELECT es.restore_archived($1, $2, $3, $4)")
        .bind(manifest.log)
        .bind(manifest.first)
        .bind(manifest.last)
        .bind(&name)
        .execute(&mut *tx)
        .await
        .map_err(not_now)?;
    tx.commit().await?;
    Ok(manifest.events)
}

async fn copy_back(
    tx: &mut PgConnection,
    archive: &Archive,
    name: &str,
) -> Result<(), ArchiveError> {
    let text = format!(
        "COPY es.{name} (log_id, position, previous_position, tenant_id, stream_id, stream_version, part, event_id, \
         event_type, schema_version, recorded_at, effective_at, number, meta, payload, content_hash) FROM STDIN"
    );
    let (wanted, mut waiting) = tokio::sync::mpsc::channel::<Vec<u8>>(2);
    let file = archive.clone();
    // the file is read on a thread of its own, so no more than a few pages of it are held
    let reading = tokio::task::spawn_blocking(move || {
        let mut page = Vec::with_capacity(COPY_AT_ONCE);
        file.events(|event| {
            row(&mut page, event);
            if page.len() < COPY_AT_ONCE {
                return Ok(());
            }
            wanted.blocking_send(std::mem::take(&mut page)).map_err(|_| ArchiveError::Unwanted)
        })?;
        wanted.blocking_send(page).map_err(|_| ArchiveError::Unwanted)
    });
    let mut copy = tx.copy_in_raw(&text).await?;
    while let Some(page) = waiting.recv().await {
        copy.send(page).await?;
    }
    match reading.await {
        Ok(Ok(())) => copy.finish().await.map(|_| ()).map_err(ArchiveError::from),
        Ok(Err(error)) => {
            copy.abort("the archive ends before its end").await.ok();
            Err(error)
        }
        Err(_) => Err(archive.refuted("reading it failed")),
    }
}

/// A row as COPY takes it. Words of ours and hexadecimal need no escaping but the type's backslash.
fn row(page: &mut Vec<u8>, event: &Recorded) {
    let time =
        |at: chrono::DateTime<chrono::Utc>| at.to_rfc3339_opts(chrono::SecondsFormat::Micros, true);
    let null = || r"\N".to_owned();
    let fields = [
        event.log_id.to_string(),
        event.position.to_string(),
        event.previous.to_string(),
        event.tenant_id.to_string(),
        event.stream_id.to_string(),
        event.version.to_string(),
        events::identity::part_of(&event.stream_id).to_string(),
        event.event_id.to_string(),
        event.event_type.replace('\\', r"\\").replace('\t', r"\t").replace('\n', r"\n"),
        event.schema_version.to_string(),
        time(event.recorded_at),
        event.effective_at.map_or_else(null, time),
        event.number.map_or_else(null, |number| number.to_string()),
        format!(r"\\x{}", hex(&event.meta)),
        format!(r"\\x{}", hex(&event.payload)),
        format!(r"\\x{}", hex(&event.content_hash)),
    ];
    page.extend(fields.join("\t").into_bytes());
    page.push(b'\n');
}

/// What the database refuses is a rule of ours (`ES003`), or somebody holds the table.
fn not_now(error: sqlx::Error) -> ArchiveError {
    let refusal = error.as_database_error();
    match refusal.and_then(|refusal| refusal.code()).as_deref() {
        Some("ES003") => {
            ArchiveError::NotNow(refusal.map(|r| r.message().to_owned()).unwrap_or_default())
        }
        Some("55P03") => ArchiveError::NotNow(
            "somebody holds es.event for longer than 5 s; nothing was done, try again".to_owned(),
        ),
        Some(_) | None => ArchiveError::Database(error),
    }
}
