//! The binary from outside: what it prints, on which stream, and how it exits.

mod backup;
mod demo;
mod doctor;
mod explain;
mod items;
mod journal;
mod keys;
mod usage;
