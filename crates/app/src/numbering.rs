//! 编号: which series a number comes from and how it reads. Numbers are drawn by the store after the decision.

use crate::organisation::Organisation;
use yichuang_domain::case::Case;
use yichuang_domain::identity;
use yichuang_domain::item::ItemVersion;
use yichuang_domain::notice::{Issued, NumberNeed};
use yichuang_domain::time::Date;
use yichuang_storage::{Counter, Stop, StoreError, series};

/// A number to be drawn for a case.
#[derive(Clone, Debug)]
pub(crate) struct Numbering {
    need: NumberNeed,
    date: Date,
    site_letters: String,
    item_code: String,
    agency: String,
    agency_mark: String,
}

impl Numbering {
    /// What is needed to draw and to write this number; `None` where there is none to draw (an item
    /// without a code has no exchange number). `house` is the site and the deciding agency.
    pub fn of(
        need: NumberNeed,
        date: Date,
        (site, deciding): (&str, &str),
        item: &ItemVersion,
        organisation: &Organisation,
    ) -> Option<Numbering> {
        let item_code = item.code.clone().unwrap_or_default();
        if need == NumberNeed::ExchangeNo && item_code.is_empty() {
            return None;
        }
        let agency = match &need {
            NumberNeed::Notice { agency: Some(agency), .. } => agency.clone(),
            _ => deciding.to_owned(),
        };
        let site_letters = organisation.sites.get(site).map(|site| site.letters.clone()).unwrap_or_default();
        let agency_mark =
            organisation.agencies.get(&agency).map(|agency| agency.mark.clone()).unwrap_or_default();
        Some(Numbering { need, date, site_letters, item_code, agency, agency_mark })
    }

    /// The series it is drawn from. A kind's word names its series, so that a title may change.
    pub fn counter(&self) -> Counter {
        let Numbering { date, site_letters, item_code, agency, .. } = self;
        match &self.need {
            NumberNeed::CaseNo => series::case_no(&identity::case_no_prefix(site_letters, *date)),
            NumberNeed::ExchangeNo => series::next(format!("exchange_no/{item_code}/{date}")),
            NumberNeed::Notice { kind, .. } => {
                series::next(format!("notice/{agency}/{}/{}", kind.word(), date.year()))
            }
        }
    }

    /// The number as written.
    pub fn write(&self, serial: i64) -> Result<Issued, Stop> {
        let Numbering { date, site_letters, item_code, agency, agency_mark, .. } = self;
        Ok(match &self.need {
            NumberNeed::CaseNo => Issued::CaseNo(identity::case_no(site_letters, *date, serial)),
            NumberNeed::ExchangeNo => {
                let number = identity::ExchangeNo::compose(item_code, *date, serial);
                let number = number.map_err(|fault| StoreError::Damaged(format!("办件编号：{fault}")))?;
                Issued::ExchangeNo(number.to_string())
            }
            NumberNeed::Notice { kind, .. } => Issued::Notice {
                kind: *kind,
                agency: agency.clone(),
                number: kind.number(agency_mark, date.year(), serial),
            },
        })
    }
}

/// Site and agency a number of this case belongs to.
pub(crate) fn house_of(case: &Case) -> (&str, &str) {
    (&case.site, &case.agency)
}
