//! Notices as people get them: every test makes a PDF and reads it back.

mod hostile;
mod pdf;
mod samples;
mod seals;

use serde_json::Value;
use std::path::Path;
use std::sync::LazyLock;
use yichuang_app::render::{Paper, Render as _, Seal, Unprintable};
use yichuang_documents::Renderer;

static RENDERER: LazyLock<Renderer> = LazyLock::new(|| Renderer::new(None).expect("a renderer"));

/// The paper of a sample.
fn sample(kind: &str) -> Paper {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../notices").join(kind).join("sample.json");
    let text = std::fs::read_to_string(&path).unwrap_or_else(|fault| panic!("{}: {fault}", path.display()));
    let data: Value = serde_json::from_str(&text).expect("JSON");
    Paper {
        kind: kind.to_owned(),
        on: data["on"].as_str().expect("on").parse().expect("a date"),
        seal: Seal::Drawn { words: "行政审批专用章".into() },
        progress: "http://127.0.0.1:8080/progress/JB20261123000187".into(),
        demo: true,
        data,
    }
}

/// What stands on the paper, read back from its PDF.
fn printed(paper: &Paper) -> pdf::Printed {
    pdf::read(RENDERER.render(paper).unwrap_or_else(|fault| panic!("{}: {fault}", paper.kind)))
}

/// Why it cannot be printed.
fn refused(paper: &Paper) -> Unprintable {
    RENDERER.render(paper).expect_err(&paper.kind)
}
