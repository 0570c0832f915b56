//! What stages, sale types, users and settings are before a run: of these streams the current versions.

use std::collections::{BTreeMap, HashMap};

use events::rights::TenantRights;
use events::sale_type::SaleTypeTerms;
use events::stage::StageTerms;
use events::target::TargetPeriod;
use events::{BoardView, DiarySettings, Guide, Preferences};
use sqlx::PgConnection;
use sqlx::types::Json;
use uuid::Uuid;

use super::Features;
use super::catalogue::{Settings, Stage};
use super::sale_type::SaleType;
use super::user::User;

pub(super) async fn stages(
    tx: &mut PgConnection,
    streams: &[Uuid],
) -> Result<HashMap<Uuid, Stage>, sqlx::Error> {
    if streams.is_empty() {
        return Ok(HashMap::new());
    }
    let rows: Vec<(Uuid, Uuid, Json<StageTerms>, bool)> = sqlx::query_as(
        "SELECT stream_id, stage_id,
                jsonb_build_object('name', name, 'probability', probability, 'description', description, 'rank', rank),
                deleted
           FROM stage_version WHERE stream_id = ANY ($1) AND next_position = 9223372036854775807",
    )
    .bind(streams)
    .fetch_all(tx)
    .await?;
    let stage =
        |(stream, stage_id, Json(terms), deleted)| (stream, Stage { stage_id, terms, deleted });
    Ok(rows.into_iter().map(stage).collect())
}

/// A stream and its sale type as they are stored.
type CurrentSaleType = (Uuid, Uuid, Json<SaleTypeTerms>, Json<Guide>, bool);

pub(super) async fn sale_types(
    tx: &mut PgConnection,
    streams: &[Uuid],
) -> Result<HashMap<Uuid, SaleType>, sqlx::Error> {
    if streams.is_empty() {
        return Ok(HashMap::new());
    }
    let rows: Vec<CurrentSaleType> = sqlx::query_as(
        "SELECT stream_id, sale_type_id,
                jsonb_build_object('name', name, 'category', category, 'duration',
                  CASE WHEN duration_n IS NOT NULL THEN jsonb_build_object('n', duration_n, 'unit', duration_unit) END,
                  'stages', stages, 'guide', guide, 'auto_advance', auto_advance, 'stakeholders', stakeholders),
                items, deleted
           FROM sale_type_version WHERE stream_id = ANY ($1) AND next_position = 9223372036854775807",
    )
    .bind(streams)
    .fetch_all(tx)
    .await?;
    let sale_type = |(stream, sale_type_id, Json(terms), Json(guide), deleted)| {
        (stream, SaleType { sale_type_id, terms, guide, deleted })
    };
    Ok(rows.into_iter().map(sale_type).collect())
}

/// A stream and its user as they are stored.
type CurrentUser = (
    Uuid,
    String,
    String,
    Json<Vec<String>>,
    Option<String>,
    Json<Preferences>,
    Vec<Uuid>,
    Json<Views>,
);

/// Views of the board by name.
type Views = BTreeMap<String, BoardView>;

pub(super) async fn users(
    tx: &mut PgConnection,
    streams: &[Uuid],
) -> Result<HashMap<Uuid, User>, sqlx::Error> {
    if streams.is_empty() {
        return Ok(HashMap::new());
    }
    let rows: Vec<CurrentUser> = sqlx::query_as(
        "SELECT stream_id, user_id, name, groups, primary_group, preferences, favourites, views
           FROM user_version WHERE stream_id = ANY ($1) AND next_position = 9223372036854775807",
    )
    .bind(streams)
    .fetch_all(tx)
    .await?;
    let user = |(
        stream,
        user_id,
        name,
        Json(groups),
        primary_group,
        preferences,
        favourites,
        views,
    ): CurrentUser| {
        let (preferences, views) = (preferences.0, views.0);
        (stream, User { user_id, name, groups, primary_group, preferences, favourites, views })
    };
    Ok(rows.into_iter().map(user).collect())
}

/// A stream and its settings as they are stored.
type CurrentSettings = (
    Uuid,
    String,
    String,
    String,
    String,
    Json<TenantRights>,
    Json<DiarySettings>,
    Json<Features>,
    Json<TargetPeriod>,
);

pub(super) async fn settings(
    tx: &mut PgConnection,
    streams: &[Uuid],
) -> Result<HashMap<Uuid, Settings>, sqlx::Error> {
    if streams.is_empty() {
        return Ok(HashMap::new());
    }
    let rows: Vec<CurrentSettings> = sqlx::query_as(
        "SELECT stream_id, slug, base_currency, time_zone, fields::text, rights, diary, features,
                to_jsonb(target_period) FROM tenant_version
          WHERE stream_id = ANY ($1) AND next_position = 9223372036854775807",
    )
    .bind(streams)
    .fetch_all(tx)
    .await?;
    let settings = |(
        stream,
        slug,
        base_currency,
        time_zone,
        fields,
        rights,
        diary,
        features,
        period,
    ): CurrentSettings| {
        let (diary, features, target_period) = (diary.0, features.0, period.0);
        let settings = Settings {
            slug,
            base_currency,
            time_zone,
            fields,
            rights,
            diary,
            features,
            target_period,
        };
        (stream, settings)
    };
    Ok(rows.into_iter().map(settings).collect())
}
