//! Who may come in, and what they may do: tokens, the role table, tenants, browsers (design §4).

mod browsers;
mod parties;
mod record_rights;
mod roles;
mod tenants;
mod tokens;
