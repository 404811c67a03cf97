//! 样张: every template with its sample, as PDF files in a folder, for whoever writes a template to look at.
//! `cargo run --release -p yichuang-documents --example samples -- FOLDER [FONTS]`; says how long one takes.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::time::Instant;
use yichuang_app::render::{Paper, Render, Seal};
use yichuang_documents::{Renderer, kinds};

const ROUNDS: u32 = 20;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    let folder = arguments.first().ok_or("which folder?")?;
    std::fs::create_dir_all(folder)?;
    let start = Instant::now();
    let renderer = Renderer::new(arguments.get(1).map(PathBuf::as_path))?;
    println!("renderer {:>26.1?}", start.elapsed());
    let papers = kinds().map(|kind| Ok((kind, paper(kind)?))).collect::<Result<Vec<_>, Box<dyn Error>>>()?;
    let mut first = Instant::now();
    for (kind, paper) in &papers {
        let bytes = renderer.render(paper).map_err(|fault| format!("{kind}: {fault}"))?;
        println!("{kind:<26} {:>8.1?} {:>8} bytes", first.elapsed(), bytes.len());
        std::fs::write(folder.join(format!("{kind}.pdf")), bytes)?;
        first = Instant::now();
    }
    let again = Instant::now();
    for round in 0..ROUNDS {
        for (_, paper) in &papers {
            let mut paper = paper.clone();
            paper.data["number"] = format!("渝江北市监受〔2026〕{round}号").into();
            renderer.render(&paper)?;
        }
    }
    let made = ROUNDS as usize * papers.len();
    println!("{:.0} documents per second, one thread", made as f64 / again.elapsed().as_secs_f64());
    Ok(())
}

fn paper(kind: &str) -> Result<Paper, Box<dyn Error>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../notices").join(kind).join("sample.json");
    let data: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(path)?)?;
    Ok(Paper {
        kind: kind.to_owned(),
        on: data["on"].as_str().unwrap_or_default().parse()?,
        seal: Seal::Drawn { words: "行政审批专用章".into() },
        progress: format!("http://127.0.0.1:8080/progress/{}", data["case_no"].as_str().unwrap_or_default()),
        demo: true,
        data,
    })
}
