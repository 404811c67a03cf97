//! The store on both engines: what a change leaves behind, what it does not, and what bad luck does to it.

mod anchors;
mod areas;
mod backup;
mod commit;
mod copy;
mod damage;
mod failover;
mod files;
mod full;
mod ids;
mod lanes;
mod log;
mod lost;
mod migrate;
mod nodes;
mod numbers;
mod open;
mod race;
mod sql;
mod verify;
mod worklist;
