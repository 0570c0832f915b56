//! Process managers on a real Postgres, through the real command bus, with the clock in hand.
//! Needs `SALGSLOGG_TEST_POSTGRES`, which `./deploy/test` sets.

#[cfg(test)]
mod guide;
#[cfg(test)]
mod interrupted;
#[cfg(test)]
mod notices;
#[cfg(test)]
mod once;
#[cfg(test)]
mod reopening;
#[cfg(test)]
mod target_types;
#[cfg(test)]
mod world;
