//! Ratios measured in one run, printed with the machine's name.
