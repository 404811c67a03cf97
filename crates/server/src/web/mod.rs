//! The pages: a form becomes a command, an answer becomes a page. One file for each desk.

pub mod account;
pub mod acts;
pub mod administration;
pub mod answers;
pub mod case;
pub mod covers;
pub mod demo;
pub mod desk;
mod events;
pub mod find;
mod forms;
mod frame;
pub mod intake;
pub mod issuing;
pub mod items;
pub mod kept;
pub mod ledger;
pub mod personal;
pub mod public;
pub mod questions;
mod several;
pub mod sign_in;
pub mod state;

use crate::error::PageError;
use askama::Template;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use yichuang_app::lamp::Lamp;
use yichuang_domain::time::Date;

/// A page with this status.
fn page(status: StatusCode, template: &impl Template) -> Result<Response, PageError> {
    Ok((status, Html(template.render()?)).into_response())
}

/// The class of a lamp.
fn tone(lamp: Lamp) -> &'static str {
    match lamp {
        Lamp::Black => "k",
        Lamp::Red(_) => "r",
        Lamp::Orange => "o",
        Lamp::Yellow(_) => "y",
        Lamp::Green(_) => "g",
        Lamp::Paused => "p",
    }
}

/// A date in a list: month and day, with the year where it is another.
fn short(date: Date, today: Date) -> String {
    let form = if date.year() == today.year() { "%m-%d" } else { "%Y-%m-%d" };
    date.strftime(form).to_string()
}
