//! 文书排版: notices as PDF/A, from dated templates in `notices/` and the data of a paper.
//!
//! The only crate that knows typst; `app` reaches it through its `Render` trait. It decides nothing and keeps
//! nothing: the same paper gives the same bytes.

mod fonts;
mod renderer;
mod seal;
mod templates;
mod world;

pub use renderer::{Renderer, StartError};
pub use templates::kinds;
