//! 征询意见: another department asked for its opinion, with a day to answer by. The department that decides decides on:
//! its clock runs, and no answer is waited for.

use crate::applicant::TextRef;
use crate::time::Date;
use serde::{Deserialize, Serialize};

/// 征询意见: one question of one department to another.
#[doc(alias = "征询意见")]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpinionRequest {
    /// Key of the department that asks.
    pub agency: String,
    /// Key of the department asked.
    pub to: String,
    /// Day of the question.
    pub on: Date,
    /// Workdays to answer in.
    pub days: u32,
    /// The question.
    pub question: TextRef,
    /// Day of the answer, and its words.
    pub answer: Option<(Date, TextRef)>,
}
