//! Group roles and logins of a cluster. A step of its own: roles belong to the cluster, not to a
//! database, and may already be there.

use sqlx::{AssertSqlSafe, Connection, PgConnection};
use thiserror::Error;

/// The group roles, NOLOGIN; logins are members of them. `migrations/README.md` says who may do what.
pub const GROUP_ROLES: [&str; 8] = [
    "es_owner",
    "es_append",
    "es_read",
    "es_audit",
    "es_project",
    "es_query",
    "es_notary",
    "es_dpo",
];

/// The logins of an installation: purpose and memberships. Each is called `salgslogg_<purpose>`.
pub const LOGINS: [(&str, &[&str]); 5] = [
    ("command", &["es_append"]),
    ("projector", &["es_read", "es_project"]),
    ("query", &["es_query", "es_read"]),
    ("operator", &["es_owner", "es_read"]),
    ("auditor", &["es_audit", "es_read"]),
];

/// Serialises role creation in one database; the others are kept apart by tolerating a lost race.
const ROLE_LOCK: i64 = 17_751;

/// Roles could not be made.
#[derive(Debug, Error)]
pub enum RoleError {
    /// The login may not create roles; somebody who may has to run this.
    #[error("the login may not create roles; let an administrator run: {}", statements(.missing))]
    NotAllowed {
        /// Which are missing.
        missing: Vec<String>,
    },
    /// The database could not be reached or gave up.
    #[error("roles cannot be created")]
    Database(#[from] sqlx::Error),
}

fn statements(missing: &[String]) -> String {
    let each = missing.iter().map(|role| format!("CREATE ROLE {role} NOLOGIN;"));
    each.collect::<Vec<_>>().join(" ")
}

/// Creates the group roles that are missing. Idempotent, safe to run by several at once when all of
/// them connect to the same database (use the maintenance database).
pub async fn ensure_roles(connection: &mut PgConnection) -> Result<(), RoleError> {
    let mut step = connection.begin().await?;
    sqlx::query("SELECT pg_advisory_xact_lock($1)").bind(ROLE_LOCK).execute(&mut *step).await?;
    let missing: Vec<String> = sqlx::query_scalar(
        "SELECT r FROM unnest($1::text[]) AS r WHERE NOT EXISTS (SELECT FROM pg_roles p WHERE p.rolname = r)",
    )
    .bind(GROUP_ROLES.as_slice())
    .fetch_all(&mut *step)
    .await?;
    let (may_create, superuser): (bool, bool) = sqlx::query_as(
        "SELECT rolcreaterole OR rolsuper, rolsuper FROM pg_roles WHERE rolname = current_user",
    )
    .fetch_one(&mut *step)
    .await?;
    if !missing.is_empty() && !may_create {
        return Err(RoleError::NotAllowed { missing });
    }
    for role in missing {
        let text = format!(
            "DO $$ BEGIN CREATE ROLE {role} NOLOGIN; \
             EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$"
        );
        sqlx::raw_sql(AssertSqlSafe(text)).execute(&mut *step).await?;
    }
    // who is no superuser must be a member to hand over schemas and to SET ROLE
    if may_create && !superuser {
        sqlx::raw_sql("GRANT es_owner TO CURRENT_USER").execute(&mut *step).await?;
    }
    step.commit().await?;
    Ok(())
}

/// Creates or updates a login with a password and its memberships. Idempotent.
pub async fn ensure_login(
    connection: &mut PgConnection,
    login: &str,
    password: &str,
    member_of: &[&str],
) -> Result<(), RoleError> {
    let mut step = connection.begin().await?;
    sqlx::query("SELECT pg_advisory_xact_lock($1)").bind(ROLE_LOCK).execute(&mut *step).await?;
    let statements: Vec<String> = sqlx::query_scalar(
        "SELECT CASE WHEN EXISTS (SELECT FROM pg_roles WHERE rolname = $1) \
                     THEN format('ALTER ROLE %I LOGIN PASSWORD %L', $1, $2) \
                     ELSE format('CREATE ROLE %I LOGIN PASSWORD %L', $1, $2) END \
         UNION ALL \
         SELECT format('GRANT %I TO %I', m, $1) FROM unnest($3::text[]) AS m \
          WHERE NOT EXISTS (SELECT FROM pg_auth_members a \
                             WHERE a.roleid = to_regrole(quote_ident(m)) AND a.member = to_regrole(quote_ident($1)))",
    )
    .bind(login)
    .bind(password)
    .bind(member_of)
    .fetch_all(&mut *step)
    .await?;
    for statement in statements {
        sqlx::raw_sql(AssertSqlSafe(statement)).execute(&mut *step).await?;
    }
    step.commit().await?;
    Ok(())
}
