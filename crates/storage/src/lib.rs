//! The one place that knows SQL: changes, lanes, journal, two engines.
