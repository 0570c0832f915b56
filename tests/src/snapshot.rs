//! A database as it was: copied by the server itself, put back later under the same name, as a restore from yesterday's
//! backup does.

use event_store::testing::TestDatabase;
use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, Connection, PgConnection};

/// A copy of a database, as of when it was taken.
pub struct Snapshot {
    name: String,
}

impl Snapshot {
    /// Copies a database. Everybody is thrown out of it for the moment; `beside` is any other database of the cluster.
    ///
    /// # Panics
    /// When the server refuses.
    pub async fn take(database: &TestDatabase, beside: &TestDatabase) -> Self {
        let name: String = sqlx::query_scalar("SELECT current_database()")
            .fetch_one(database.owner())
            .await
            .expect("a database has a name");
        let mut connection = beside.superuser().await;
        in_peace(&mut connection, &name, &format!("CREATE DATABASE {name}_then TEMPLATE {name}"))
            .await;
        connection.close().await.expect("a connection can be closed");
        Self { name }
    }

    /// A connection to the copy; close it before the copy is put back.
    ///
    /// # Panics
    /// When the server refuses.
    pub async fn look_into(&self, beside: &TestDatabase) -> PgConnection {
        let options: PgConnectOptions = beside.superuser_url().parse().expect("a URL of our own");
        let copy = format!("{}_then", self.name);
        PgConnection::connect_with(&options.database(&copy)).await.expect("the copy answers")
    }

    /// Puts the copy in the place of what the database has become.
    ///
    /// # Panics
    /// When the server refuses.
    pub async fn restore(self, beside: &TestDatabase) {
        let (name, mut connection) = (self.name, beside.superuser().await);
        let swap = format!("ALTER DATABASE {name} RENAME TO {name}_lost");
        in_peace(&mut connection, &name, &swap).await;
        for text in [
            format!("ALTER DATABASE {name}_then RENAME TO {name}"),
            format!("DROP DATABASE {name}_lost WITH (FORCE)"),
        ] {
            sqlx::raw_sql(AssertSqlSafe(text))
                .execute(&mut connection)
                .await
                .expect("it is put back");
        }
    }
}

/// Runs a statement that wants the database for itself: closed to everybody, then open again.
async fn in_peace(connection: &mut PgConnection, name: &str, text: &str) {
    let throw_out = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1";
    let closed = format!("ALTER DATABASE {name} ALLOW_CONNECTIONS false");
    sqlx::raw_sql(AssertSqlSafe(closed)).execute(&mut *connection).await.expect("it is closed");
    let mut done = Err(sqlx::Error::PoolClosed);
    for _ in 0..100 {
        sqlx::query(throw_out)
            .bind(name)
            .execute(&mut *connection)
            .await
            .expect("they are thrown out");
        done = sqlx::raw_sql(AssertSqlSafe(text.to_owned())).execute(&mut *connection).await;
        if done.is_ok() {
            break;
        }
    }
    done.expect("nobody is connected any more");
    let open =
        "SELECT datname::text FROM pg_database WHERE NOT datallowconn AND datname LIKE $1 || '%'";
    let names: Vec<String> = sqlx::query_scalar(open)
        .bind(name)
        .fetch_all(&mut *connection)
        .await
        .expect("databases are listed");
    for name in names {
        let open = format!("ALTER DATABASE {name} ALLOW_CONNECTIONS true");
        sqlx::raw_sql(AssertSqlSafe(open)).execute(&mut *connection).await.expect("it is opened");
    }
}
