//! Tests of the use cases, on both engines: stories from receipt to rating, retries, refusals, jobs.

mod access;
mod anchors;
mod assign;
mod calendar;
mod centre;
mod doctor;
mod files;
mod nodes;
mod privacy;
mod refusals;
mod remedies;
mod render;
mod retries;
mod search;
mod stories;
mod windows;
mod worklist;
