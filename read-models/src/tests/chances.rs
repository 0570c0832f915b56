//! How many random histories a test tries.

use proptest::prelude::ProptestConfig;
use service_runtime::config::standard;

/// So many; `full` of them where the long tests are asked for (`./deploy/test --faults`). What is found is shrunk a little
/// and kept nowhere: it becomes a test of its own.
pub(super) fn chances(few: u32, full: u32) -> ProptestConfig {
    let asked = standard("SALGSLOGG_FAULTS").as_deref() == Some("full");
    ProptestConfig {
        cases: if asked { full } else { few },
        max_shrink_iters: 20,
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}
