//! The notices on paper: how long one takes after the first, and how many a second, on one thread. Their data are
//! the samples beside the templates, each time with another number.

use crate::figures::{Row, Run, Spread};
use anyhow::{Context, Result};
use clap::Args;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::time::Instant;
use yichuang_app::render::{Paper, Render, Seal};
use yichuang_documents::{Renderer, kinds};

/// `rendering`.
#[derive(Clone, Debug, Args)]
pub struct RenderingArgs {
    /// Rounds over every template in a run.
    #[arg(long, default_value_t = 20)]
    rounds: usize,
    /// Folder of the templates with their samples.
    #[arg(long, default_value = "notices")]
    notices: PathBuf,
    /// Leave the samples as PDF files in this folder, for whoever writes a template to look at.
    #[arg(long)]
    keep: Option<PathBuf>,
}

/// Median of the repetitions.
pub fn measure(args: &RenderingArgs, repetitions: u8) -> Result<Vec<Row>> {
    let renderer = Renderer::new(None)?;
    let papers = kinds().map(|kind| paper(&args.notices, kind)).collect::<Result<Vec<_>>>()?;
    for paper in &papers {
        let bytes = renderer.render(paper)?;
        if let Some(folder) = &args.keep {
            std::fs::create_dir_all(folder)?;
            std::fs::write(folder.join(format!("{}.pdf", paper.kind)), bytes)?;
        }
    }
    let mut runs = Vec::new();
    for repetition in 0..repetitions {
        let mut latencies = Vec::new();
        let started = Instant::now();
        for round in 0..args.rounds {
            for paper in &papers {
                let mut paper = paper.clone();
                let number = usize::from(repetition) * args.rounds + round;
                paper.data["number"] = format!("渝江北市监受〔2026〕{number}号").into();
                let asked = Instant::now();
                renderer.render(&paper)?;
                latencies.push(asked.elapsed());
            }
        }
        runs.push(Run::new(latencies.len(), started.elapsed(), latencies));
    }
    let late = |share| Spread::of(runs.iter().map(|run| run.percentile(share)));
    let mut rows = vec![
        Row::new("documents per second", "1/s", Spread::of(runs.iter().map(Run::per_second))),
        Row::new("one document, p50", "ms", late(0.5)),
        Row::new("one document, longest", "ms", late(1.0)).goal("≤ 50"),
    ];
    let about = format!("{} templates by turns, one thread", papers.len());
    rows.iter_mut().for_each(|row| row.about.clone_from(&about));
    Ok(rows)
}

fn paper(notices: &Path, kind: &str) -> Result<Paper> {
    let path = notices.join(kind).join("sample.json");
    let text = std::fs::read_to_string(&path).with_context(|| format!("no {}", path.display()))?;
    let data: Value = serde_json::from_str(&text)?;
    Ok(Paper {
        kind: kind.to_owned(),
        on: data["on"].as_str().unwrap_or_default().parse()?,
        seal: Seal::Drawn { words: "行政审批专用章".into() },
        progress: format!("http://127.0.0.1:8080/progress/{}", data["case_no"].as_str().unwrap_or_default()),
        demo: true,
        data,
    })
}
