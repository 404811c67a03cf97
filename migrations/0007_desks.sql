-- Desks (案头): who has which step in hand, who stands in for whom, who looks at a case, what was handed out.

-- The step claimed of a branch, as its journal says; the journal is what holds.
CREATE TABLE claims (
    case_id BIGINT NOT NULL REFERENCES cases (id),
    agency TEXT NOT NULL,
    staff BIGINT NOT NULL,
    PRIMARY KEY (case_id, agency)
);
CREATE INDEX claims_staff ON claims (staff, case_id);

-- A 岗 and B 岗: deputy stands in for staff from from_on to to_on, both included. ended_at: 0 while it holds.
CREATE TABLE covers (
    id BIGINT PRIMARY KEY,
    agency TEXT NOT NULL,
    staff BIGINT NOT NULL,
    deputy BIGINT NOT NULL,
    from_on TEXT NOT NULL,
    to_on TEXT NOT NULL,
    ended_at BIGINT NOT NULL
);
CREATE INDEX covers_agency ON covers (agency, to_on, id);

-- Who looked at a case last when; to the minute, and of no weight.
CREATE TABLE presence (
    case_id BIGINT NOT NULL REFERENCES cases (id),
    staff BIGINT NOT NULL,
    seen_at BIGINT NOT NULL,
    PRIMARY KEY (case_id, staff)
);

-- 出件台账: only grows; what came back is a row of its own. kind: delivered or returned. tracking: '' where none.
CREATE TABLE ledger (
    case_id BIGINT NOT NULL REFERENCES cases (id),
    seq BIGINT NOT NULL,
    kind TEXT NOT NULL,
    site TEXT NOT NULL,
    on_date TEXT NOT NULL,
    at BIGINT NOT NULL,
    way TEXT NOT NULL,
    receiver TEXT NOT NULL,
    tracking TEXT NOT NULL,
    verdict TEXT NOT NULL,
    window_code TEXT NOT NULL,
    staff BIGINT NOT NULL,
    PRIMARY KEY (case_id, seq)
);
CREATE INDEX ledger_site ON ledger (site, on_date, case_id, seq);
CREATE INDEX ledger_on ON ledger (on_date, case_id, seq);

-- Searching within a site or a department, the latest first.
CREATE INDEX cases_site ON cases (site, id);
CREATE INDEX branches_agency ON branches (agency, case_id);
