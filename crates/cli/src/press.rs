//! The renderer of notices, made when the first notice is: a start does not wait for fonts.

use std::sync::OnceLock;
use yichuang_app::render::{Paper, Render, Unprintable};
use yichuang_documents::Renderer;

/// 制版机, not yet set up.
#[derive(Default)]
pub struct Lazy(OnceLock<Result<Renderer, String>>);

impl Render for Lazy {
    fn render(&self, paper: &Paper) -> Result<Vec<u8>, Unprintable> {
        let made = self.0.get_or_init(|| Renderer::new(None).map_err(|error| error.to_string()));
        match made {
            Ok(renderer) => renderer.render(paper),
            Err(why) => Err(Unprintable::Template(why.clone())),
        }
    }
}
