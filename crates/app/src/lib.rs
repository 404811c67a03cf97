//! The use cases, one function each, grouped by the role that calls them.
