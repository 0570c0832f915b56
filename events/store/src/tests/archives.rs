//! Case 53: a partition lies in a file, and the log is the same log.

use std::path::{Path, PathBuf};

use events::Recorded;
use sha2::Digest;

use super::*;
use crate::archive::detach::{detach, restore};
use crate::archive::file::{Archive, create};
use crate::archive::line::Line;
use crate::archive::replay::{Replayed, replay};
use crate::archive::{ArchiveError, hex};
use crate::testing::TestDatabase;
use crate::{Filter, StoreError, Sweep};

/// Partitions of ten positions; batches of three events straddle their borders.
async fn a_log() -> (TestDatabase, EventStore, tempfile::TempDir) {
    let database = TestDatabase::create_partitioned(10, 4).await;
    let store = database.store();
    for id in 1..=9 {
        let events = vec![registered(), advanced(), event("sale.won")];
        append(&store, one(sale(id), 0, events)).await;
    }
    (database, store, tempfile::tempdir().unwrap())
}

async fn every_line(
    store: &EventStore,
    files: &[PathBuf],
) -> Result<(Vec<u8>, Replayed), ArchiveError> {
    let mut bytes = Vec::new();
    let mut sink = |line: &Line| {
        bytes.extend(line.to_json(1).unwrap());
        bytes.push(b'\n');
        Ok(())
    };
    let replayed = replay(store, files, &mut sink).await?;
    Ok((bytes, replayed))
}

pub(super) async fn written(
    store: &EventStore,
    range: (i64, i64),
    folder: &Path,
) -> (Archive, PathBuf) {
    let archive = create(store, range, folder, "test").await.unwrap();
    archive.verify().unwrap();
    let path = folder.join(&archive.manifest().file);
    (archive, path)
}

/// The events of all sales up to a position.
pub(super) fn of_all_sales(up_to: i64) -> Sweep {
    let aggregates = &[Aggregate::Sale];
    Sweep { after: (Uuid::nil(), 0), last: Uuid::max(), up_to, aggregates, limit: 100 }
}

async fn rows(database: &TestDatabase) -> Vec<String> {
    sqlx::query_scalar("SELECT e::text FROM es.event e ORDER BY position")
        .fetch_all(database.owner())
        .await
        .unwrap()
}

#[tokio::test]
async fn case_53_a_replay_over_archives_and_table_is_the_replay_from_before() {
    let (database, store, folder) = a_log().await;
    let before = every_line(&store, &[]).await.unwrap();
    assert_eq!((before.1.head, rows(&database).await.len()), (27, 27));
    let stored = rows(&database).await;
    let mut operator = database.superuser().await;
    let (first, first_path) = written(&store, (1, 10), folder.path()).await;
    assert_eq!(first.manifest().tail.len(), 1, "a batch straddles the border");
    let gone = detach(&mut operator, &store, &first).await.unwrap();
    assert_eq!(
        gone, 6,
        "of three sales at rest all but the newest event; the fourth one is at work later"
    );
    let missing = every_line(&store, &[]).await.unwrap_err();
    assert!(missing.to_string().contains(&first.manifest().file), "{missing}");

    let (second, second_path) = written(&store, (11, 20), folder.path()).await;
    detach(&mut operator, &store, &second).await.unwrap();
    let files = [second_path, first_path];
    assert!(
        every_line(&store, &files).await.unwrap() == before,
        "the same bytes, hashes and chain"
    );
    let again = every_line(&store, &files[..1]).await.unwrap_err();
    assert!(again.to_string().contains(&first.manifest().file), "{again}");

    let too_early = restore(&mut operator, &store, &first).await.unwrap_err();
    assert!(too_early.to_string().contains("what lies behind 10 comes back first"), "{too_early}");
    assert_eq!(restore(&mut operator, &store, &second).await.unwrap(), 10);
    assert_eq!(restore(&mut operator, &store, &first).await.unwrap(), 10);
    assert_eq!(rows(&database).await, stored, "every column of every row");
    assert!(every_line(&store, &[]).await.unwrap() == before);
    assert_eq!(log_is_ok(&store).await, 27);
    let update = sqlx::query("UPDATE es.event SET log_id = 1").execute(database.owner()).await;
    let refused = update.unwrap_err().into_database_error().unwrap();
    assert_eq!(refused.code().as_deref(), Some("ES001"), "what came back cannot be changed");
}

/// No reader is given a hole: it is refused with the name of the file.
#[tokio::test]
async fn case_53_whoever_reads_what_is_not_there_is_told_which_file_it_is_in() {
    let (database, store, folder) = a_log().await;
    let (archive, _) = written(&store, (1, 10), folder.path()).await;
    detach(&mut database.superuser().await, &store, &archive).await.unwrap();
    let refused = |found: Result<Vec<Recorded>, StoreError>| match found.unwrap_err() {
        StoreError::Archived { first: 1, last: 10, file } => {
            assert_eq!(file, archive.manifest().file)
        }
        other => panic!("{other:?}"),
    };
    let stream = |id| sale(id).stream_id(&demo());
    refused(store.read_after(0, 100).await);
    refused(store.read_after(2, 100).await);
    refused(store.read_at(&[2, 12]).await);
    refused(store.load(&demo(), stream(1), 0).await);
    refused(store.read_tenant(&demo(), &Filter { limit: 5, ..Filter::default() }).await);
    let of_one = Filter { limit: 5, stream_id: Some(stream(2)), ..Filter::default() };
    refused(store.read_tenant(&demo(), &of_one).await);
    refused(store.read_streams(&of_all_sales(27)).await);

    assert_eq!(store.read_after(10, 100).await.unwrap().len(), 17);
    assert_eq!(
        store.load(&demo(), stream(4), 0).await.unwrap().len(),
        3,
        "at work after position 10"
    );
    assert_eq!(store.load(&demo(), stream(1), 3).await.unwrap().len(), 0);
    let behind = Filter { after: 10, limit: 50, ..Filter::default() };
    assert_eq!(store.read_tenant(&demo(), &behind).await.unwrap().len(), 17);

    // the write side goes on: versions, numbers and the tenant's newest position are where they were
    assert_eq!(
        append(&store, one(sale(1), 3, vec![advanced()])).await,
        appended(&[4], 28, 28, Some(1001))
    );
    assert_eq!(
        append(&store, one(sale(77), 0, vec![registered()])).await,
        appended(&[1], 29, 29, Some(1010))
    );
    let newest = store.read_after(27, 2).await.unwrap();
    assert_eq!((newest[0].previous, newest[1].previous), (27, 28));
}

#[tokio::test]
async fn a_tenant_that_sleeps_keeps_its_place_in_the_feed() {
    let (database, store, folder) = a_log().await;
    let other =
        Group { tenant: tenant("other"), ..one(sale(1), 0, vec![registered(), advanced()]) };
    append(&store, other).await;
    let mut operator = database.superuser().await;
    crate::partitions::ensure_sized(&store, 10, 4).await.unwrap();
    for id in 20..=25 {
        append(&store, one(sale(id), 0, vec![registered(), advanced()])).await;
    }
    for range in [(1, 10), (11, 20), (21, 30)] {
        let (archive, _) = written(&store, range, folder.path()).await;
        detach(&mut operator, &store, &archive).await.unwrap();
    }
    let head = store.head().await.unwrap();
    append(&store, Group { tenant: tenant("other"), ..one(sale(2), 0, vec![registered()]) }).await;
    assert_eq!(
        store.read_after(head, 1).await.unwrap()[0].previous,
        29,
        "found although its range is out"
    );
}

#[tokio::test]
async fn only_the_next_full_range_with_a_true_file_is_taken_out() {
    let (database, store, folder) = a_log().await;
    let mut operator = database.superuser().await;
    let before = rows(&database).await;
    let mut said = Vec::new();
    for range in [(11, 20), (21, 27), (1, 9)] {
        let (archive, _) = written(&store, range, folder.path()).await;
        said.push(detach(&mut operator, &store, &archive).await.unwrap_err().to_string());
    }
    assert!(said[0].contains("what lies before 11 is detached first"), "{said:?}");
    assert!(said[1].contains("no partition of log 1 holds exactly 21 to 27"), "{said:?}");
    assert!(said[2].contains("no partition of log 1 holds exactly 1 to 9"), "{said:?}");
    for id in 30..=31 {
        append(&store, one(sale(id), 0, vec![registered()])).await;
    }
    append(&store, one(sale(32), 0, vec![registered()])).await;
    let (newest, _) = written(&store, (21, 30), folder.path()).await;
    let refused = detach(&mut operator, &store, &newest).await.unwrap_err().to_string();
    assert!(refused.contains("is the newest: the log ends at 30"), "{refused}");
    assert_eq!(rows(&database).await[..27], before);
}

/// Flipped, cut, exchanged: every lie is found before anything is taken out.
#[tokio::test]
async fn a_file_that_lies_is_refuted() {
    let (database, store, folder) = a_log().await;
    let (archive, path) = written(&store, (1, 10), folder.path()).await;
    let mut operator = database.superuser().await;
    let intact = std::fs::read(&path).unwrap();
    let sidecar =
        folder.path().join(archive.manifest().file.replace(".ndjson.gz", ".manifest.json"));
    let told = std::fs::read_to_string(&sidecar).unwrap();

    let mut flipped = intact.clone();
    let middle = flipped.len() / 2;
    flipped[middle] ^= 1;
    for damaged in [flipped, intact[..intact.len() - 9].to_vec()] {
        std::fs::write(&path, damaged).unwrap();
        let refuted = detach(&mut operator, &store, &archive).await.unwrap_err().to_string();
        assert!(refuted.contains("SHA-256 differs"), "{refuted}");
    }
    // somebody who edits the contents makes the file's own hash anew, too
    for (from, to, says) in [
        (r#""payload":"{}""#, r#""payload":"{ }""#, "the content hash does not fit"),
        (r#""position":5,"#, r#""position":6,"#, "position 5: 6 stands there"),
        (r#""last":3,"#, r#""last":2,"#, "the batch 1 to 2 does not fit here"),
    ] {
        let text = unzipped(&intact);
        let text = text.replacen(from, to, 1);
        let forged = zipped(&text);
        std::fs::write(&path, &forged).unwrap();
        let digest = hex(&sha2::Sha256::digest(&forged));
        let forged = told.replace(&archive.manifest().file_sha256, &digest);
        std::fs::write(&sidecar, forged).unwrap();
        let refuted = Archive::open(&path).unwrap().verify().unwrap_err().to_string();
        assert!(refuted.contains(says), "{refuted}");
    }
    std::fs::write(&path, &intact).unwrap();
    // what no hash covers is compared with the table
    let text = unzipped(&intact).replacen(r#""number":1001"#, r#""number":1002"#, 1);
    let forged = zipped(&text);
    std::fs::write(&path, &forged).unwrap();
    let digest = hex(&sha2::Sha256::digest(&forged));
    std::fs::write(&sidecar, told.replace(&archive.manifest().file_sha256, &digest)).unwrap();
    let forged = Archive::open(&path).unwrap();
    forged.verify().unwrap();
    let refuted = detach(&mut operator, &store, &forged).await.unwrap_err().to_string();
    assert!(refuted.contains("the table holds other rows"), "{refuted}");
    assert_eq!(rows(&database).await.len(), 27);
}

fn unzipped(bytes: &[u8]) -> String {
    use std::io::Read;
    let mut text = String::new();
    flate2::read::GzDecoder::new(bytes).read_to_string(&mut text).unwrap();
    text
}

fn zipped(text: &str) -> Vec<u8> {
    use std::io::Write;
    let mut file = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    file.write_all(text.as_bytes()).unwrap();
    file.finish().unwrap()
}

/// The table's own negative control (case 53): without what `es.archive` says, a reader is given the hole.
#[tokio::test]
async fn control_53_without_the_note_of_the_archive_a_history_has_a_hole() {
    let (database, store, folder) = a_log().await;
    let (archive, _) = written(&store, (1, 10), folder.path()).await;
    detach(&mut database.superuser().await, &store, &archive).await.unwrap();
    sqlx::query("DELETE FROM es.archive").execute(database.owner()).await.unwrap();
    let versions = store.load(&demo(), sale(1).stream_id(&demo()), 0).await.unwrap();
    assert_eq!(versions.iter().map(|event| event.version).collect::<Vec<_>>(), [3]);
}
