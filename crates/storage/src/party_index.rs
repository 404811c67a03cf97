//! 盲索引: finds the cases of a person again by keyed digests, without anything of the person in it.

use crate::value::{Query, Stmt, query, record, stmt};

record! {
    /// A party and the case it belongs to.
    IndexedParty {
        /// The party.
        party_id: int,
        /// The case.
        case_id: int,
    }
}

/// 检索凭据: what a party is found by; empty where there is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tokens {
    /// Of the whole number of the document.
    pub number: String,
    /// Of its last four characters.
    pub number_tail: String,
    /// Of the whole telephone number.
    pub phone: String,
    /// Of its last four digits.
    pub phone_tail: String,
}

/// 检索范围: whose cases are looked through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach<'a> {
    /// All.
    Everywhere,
    /// Taken in at this site.
    Site(&'a str),
    /// This agency leads or decides a branch.
    Agency(&'a str),
}

/// What the party is found by from now on.
pub fn put(party_id: i64, case_id: i64, tokens: &Tokens) -> Stmt {
    let Tokens { number, number_tail, phone, phone_tail } = tokens;
    stmt!("party_index/insert", party_id, case_id, number, number_tail, phone, phone_tail)
}

/// How many there are.
pub fn count() -> Query<i64> {
    query!("party_index/count")
}

/// The parties with ids from `first` to `last` that are in the index, in order.
pub fn present(first: i64, last: i64) -> Query<IndexedParty> {
    query!("party_index/present", first, last)
}

/// At most `limit` parties with this token in cases below `before`, the newest case first.
pub fn find(token: &str, reach: Reach<'_>, before: i64, limit: i64) -> Query<IndexedParty> {
    match reach {
        Reach::Everywhere => query!("party_index/everywhere", token, before, limit),
        Reach::Site(site) => query!("party_index/at_site", token, before, site, limit),
        Reach::Agency(agency) => query!("party_index/of_agency", token, before, agency, limit),
    }
}
