//! Identifiers: 64-bit numbers made by the application, ordered by time, written as text in JSON.
//! They carry no meaning; numbers for people (办件编号, 文书号) live elsewhere.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub i64);
        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { self.0.fmt(f) }
        }
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> { s.collect_str(&self.0) }
        }
        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<str>::deserialize(d)?;
                text.parse().map($name).map_err(serde::de::Error::custom)
            }
        }
    )*};
}

ids! {
    /// 办件 id of a [`Case`](crate::case::Case).
    CaseId;
    /// 实施清单版本 id of one immutable [`ItemVersion`](crate::item::ItemVersion).
    VersionId;
    /// 工作人员 id.
    StaffId;
    /// 申请人或代理人登记行 id: the row that holds the personal data.
    PartyId;
    /// 到场 id: one person's coming to the centre.
    VisitId;
    /// 自由文本行 id (意见、理由): text lives outside the journal so that it can be erased.
    TextId;
    /// 文书 id.
    DocumentId;
}
