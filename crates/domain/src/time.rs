//! Time as data: instants in milliseconds UTC and the civil date in Asia/Shanghai. Never reads a clock.

use jiff::{Timestamp, civil, tz::TimeZone};
use serde::{Deserialize, Serialize};

pub use jiff::civil::Date;

static SHANGHAI: TimeZone = jiff::tz::get!("Asia/Shanghai");

/// 时刻: milliseconds since the Unix epoch, UTC.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Instant(pub i64);

impl Instant {
    /// The civil date in Asia/Shanghai at this instant: the date on every notice and in every deadline.
    pub fn date(self) -> Date {
        self.civil().date()
    }

    /// Civil date and time in Asia/Shanghai.
    pub fn civil(self) -> civil::DateTime {
        SHANGHAI.to_datetime(Timestamp::from_millisecond(self.0).unwrap_or_default())
    }

    /// The instant of `time` on `date` in Asia/Shanghai.
    pub fn at(date: Date, hour: i8, minute: i8) -> Instant {
        let civil = date.at(hour, minute, 0, 0);
        let zoned = civil.to_zoned(SHANGHAI.clone()).map(|z| z.timestamp().as_millisecond());
        Instant(zoned.unwrap_or_default())
    }

    /// This instant, `milliseconds` later.
    pub fn plus(self, milliseconds: i64) -> Instant {
        Instant(self.0 + milliseconds)
    }
}

impl std::fmt::Display for Instant {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.civil().strftime("%Y-%m-%d %H:%M"))
    }
}

/// The date so many calendar days after this one (before it, if negative).
pub fn days_after(date: Date, days: i64) -> Date {
    date.saturating_add(jiff::Span::new().days(days))
}
