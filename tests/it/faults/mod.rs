//! What breaks while people work, on real servers and mostly on real processes. Every case ends with "log ok"
//! (`system_tests::log_ok`), which is itself seen to find what is wrong.

mod backends;
mod crowd;
mod hang_up;
mod kills;
mod log_ok;
mod network;
mod office;
mod other_history;
mod outage;
mod overload;
mod point_in_time;
mod postgres;
mod process_managers;
mod quiet;
mod relay_wire;
mod restored;
pub mod seed;
mod slow_disk;
mod standby;
mod storm;
mod stream_damage;
mod takeover;
mod three_nodes;
mod traffic;
mod two_relays;
