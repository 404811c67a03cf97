//! Files in, batches and line-precise errors out; and the default data, all of it.

mod defaults;
mod files;
mod revised;
mod stored;
