//! What the figures are compared with: simple things that do the same work in the same run on the same servers.

pub mod insert;
pub mod naive;
pub mod pgbench;
pub mod publish;
pub mod replay;
