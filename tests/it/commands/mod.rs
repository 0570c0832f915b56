//! The write side's promises, over HTTP and on several replicas (design §2 and §4.1).

mod activities;
mod answers;
mod bulk;
mod bulk_flow;
mod companies;
mod company_lists;
mod contacts;
mod lists;
mod names;
mod outage;
mod races;
mod repeats;
mod replicas;
mod shutdown;
mod tenants;
