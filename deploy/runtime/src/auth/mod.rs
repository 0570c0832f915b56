//! Who is asking: a bearer token (JWT) becomes an [`Actor`], or the request ends with 401. Must not
//! decide what an actor may do: see [`crate::access`].

mod actor;
mod authenticator;
mod claims;
mod issuer;
mod keys;
mod source;

pub use actor::Actor;
pub use authenticator::Authenticator;
pub use issuer::{DevelopmentIssuer, TokenRequest};
pub use source::{AuthConfig, JwksSource, KeysUnavailable};

#[cfg(test)]
mod tests;
