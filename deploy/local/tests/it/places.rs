//! A clone under a folder only root can enter still gets its cluster.

use std::os::unix::fs::PermissionsExt;

use local_stack::account;
use local_stack::places::Places;

use crate::{cluster_in, open_folder};

#[tokio::test]
async fn under_a_folder_only_root_enters_the_cluster_lies_elsewhere() {
    if !account::root() {
        local_stack::console::warn("not root: a folder only root can enter cannot be tried here");
        return;
    }
    let folder = open_folder();
    let closed = folder.path().join("closed");
    let clone = closed.join("clone");
    std::fs::create_dir_all(&clone).unwrap();
    std::fs::set_permissions(&closed, std::fs::Permissions::from_mode(0o700)).unwrap();
    let places = Places::of(&clone).unwrap();
    places.create().unwrap();
    let account = account::for_cluster(&places.at("postgres")).unwrap();
    let there = places.cluster(account).unwrap();
    assert!(!there.starts_with(folder.path()), "{}", there.display());
    assert_eq!(std::fs::read_link(places.at("postgres")).unwrap(), there);
    let mut cluster = cluster_in(there.clone()).await;
    assert!(
        sqlx::Connection::close(
            <sqlx::PgConnection as sqlx::Connection>::connect(&cluster.url("postgres"))
                .await
                .unwrap()
        )
        .await
        .is_ok()
    );
    cluster.stop().await;
    places.wipe().unwrap();
    assert!(!there.exists());
}
