//! Takes a protection away that lives in the database, in this test's own one: the negative control of a case.

use sqlx::AssertSqlSafe;

use super::Stage;

/// Replaces `fragment` in every function `es_ops.<function>` of this test's database.
///
/// # Panics
/// When no such function has it: then the control would prove nothing.
pub async fn without(stage: &Stage, function: &str, fragment: &str, instead: &str) {
    let definitions: Vec<String> = sqlx::query_scalar(
        "SELECT pg_get_functiondef(oid) FROM pg_proc
          WHERE pronamespace = 'es_ops'::regnamespace AND proname = $1",
    )
    .bind(function)
    .fetch_all(stage.owner())
    .await
    .unwrap();
    let found: Vec<_> = definitions.iter().filter(|text| text.contains(fragment)).collect();
    assert_eq!(found.len(), 1, "{function}: {fragment}");
    let text = found[0].replace(fragment, instead);
    sqlx::raw_sql(AssertSqlSafe(text)).execute(stage.owner()).await.unwrap();
}
