//! What tests share: both databases, a turning clock, a killer.
