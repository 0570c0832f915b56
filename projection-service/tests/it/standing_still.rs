//! Two histories that cannot both be true: everything stands still and says both numbers (case 32).

use projection_service::source::{Halt, Origin, SourceError};
use projection_service::{App, AppError};

use crate::support::{Reader, Stage, publisher};

async fn halted(stage: &Stage) -> Option<String> {
    let text = "SELECT halted FROM es_ops.projection_part WHERE name = 'tally'";
    sqlx::query_scalar(text).fetch_one(stage.owner()).await.unwrap()
}

/// The stream holds ten events more than the log: the log came back from a backup.
async fn stream_ahead(stage: &mut Stage) -> Vec<events::Recorded> {
    let rows = stage.append(10).await;
    stage.publish(&rows).await;
    let beyond: Vec<_> = rows
        .iter()
        .map(|row| events::Recorded { position: row.position + 10, ..row.clone() })
        .collect();
    stage.publish(&beyond).await;
    rows
}

#[tokio::test]
async fn a_stream_ahead_of_the_log_halts_with_both_numbers_case_32() {
    let mut stage = Stage::set().await;
    stream_ahead(&mut stage).await;
    let error = Reader::at(&stage, 0).read().await.unwrap_err();
    let expected = Halt::StreamAhead { stream: 20, log: 10 };
    assert!(matches!(error, SourceError::Halt(halt) if halt == expected));

    let app = stage.tallying().await;
    let Err(AppError::Halted { reason, .. }) = app.run_until_caught_up().await else {
        panic!("nothing may be applied")
    };
    assert!(reason.contains("ends at 20, the log at 10"), "{reason}");
    assert_eq!(halted(&stage).await, Some(reason));
    assert_eq!(stage.checkpoint().await, 0);
}

#[tokio::test]
async fn the_halt_ends_by_itself_when_the_stream_is_put_right() {
    let mut stage = Stage::set().await;
    let rows = stream_ahead(&mut stage).await;
    let app: App = stage.tallying().await;
    app.run_until_caught_up().await.unwrap_err();
    let root = stage.nats.root().await;
    root.delete_stream("SALES_1").await.unwrap();
    publisher::create_stream(&root, 1).await;
    stage.publish(&rows).await;
    app.run_until_caught_up().await.unwrap();
    assert_eq!(halted(&stage).await, None);
    stage.assert_complete().await;
}

#[tokio::test]
async fn a_stream_of_another_history_halts_at_its_first_event() {
    let mut stage = Stage::set().await;
    let rows = stage.append(10).await;
    let swapped: Vec<_> = rows
        .iter()
        .zip(rows.iter().rev())
        .map(|(place, row)| events::Recorded { position: place.position, ..row.clone() })
        .collect();
    stage.publish(&swapped).await;
    let error = Reader::at(&stage, 0).read().await.unwrap_err();
    let expected = Halt::HistoriesDiffer { position: 1 };
    assert!(matches!(error, SourceError::Halt(halt) if halt == expected), "{error}");
}

#[tokio::test]
async fn a_read_model_ahead_of_the_log_halts() {
    let mut stage = Stage::set().await;
    stage.append(10).await;
    for with_stream in [true, false] {
        if !with_stream {
            stage.nats.kill();
        }
        let error = Reader::at(&stage, 15).read().await.unwrap_err();
        let expected = Halt::ReadModelAhead { position: 15, log: 10 };
        assert!(matches!(error, SourceError::Halt(halt) if halt == expected), "{error}");
    }
}

/// Several generations read through one source, and only one of them may have seen what the log lost.
#[tokio::test]
async fn a_read_model_ahead_of_the_log_keeps_no_other_one_off_the_stream() {
    let mut stage = Stage::set().await;
    let rows = stage.append(10).await;
    stage.publish(&rows).await;
    let mut reader = Reader::at(&stage, 15);
    reader.read().await.unwrap_err();
    reader.position = 10;
    let rows = stage.append(1).await;
    stage.publish(&rows).await;
    assert_eq!(reader.read().await.unwrap(), Some(Origin::Stream));
}
