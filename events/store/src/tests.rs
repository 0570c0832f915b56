//! One test per guarantee, on real Postgres.
