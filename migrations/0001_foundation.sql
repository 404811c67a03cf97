-- Foundation: cases, journal, catalogue, organisation. One text for SQLite and PostgreSQL.
-- No column is NULL: an absent number is 0, an absent text is ''. *_at: milliseconds UTC; *_on: YYYY-MM-DD.

CREATE TABLE meta (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL
);

-- Every act that went through, once; case_id, seq and head witness what the journal stood at after it.
CREATE TABLE acts (
    id TEXT PRIMARY KEY,
    actor BIGINT NOT NULL,
    kind TEXT NOT NULL,
    body_hash TEXT NOT NULL,
    answer TEXT NOT NULL,
    at BIGINT NOT NULL,
    case_id BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    head TEXT NOT NULL
);
CREATE INDEX acts_witness ON acts (case_id, seq);

CREATE TABLE refusals (
    act_id TEXT NOT NULL,
    at BIGINT NOT NULL,
    actor BIGINT NOT NULL,
    kind TEXT NOT NULL,
    case_id BIGINT NOT NULL,
    code TEXT NOT NULL,
    law TEXT NOT NULL,
    article TEXT NOT NULL,
    detail TEXT NOT NULL,
    PRIMARY KEY (act_id, at)
);
CREATE INDEX refusals_at ON refusals (at, act_id);
CREATE INDEX refusals_case ON refusals (case_id, at, act_id);

CREATE TABLE series (
    name TEXT PRIMARY KEY,
    last BIGINT NOT NULL
);

CREATE TABLE cases (
    id BIGINT PRIMARY KEY,
    case_no TEXT NOT NULL UNIQUE,
    exchange_no TEXT NOT NULL,
    version BIGINT NOT NULL,
    stage TEXT NOT NULL,
    site TEXT NOT NULL,
    item_version BIGINT NOT NULL,
    agency TEXT NOT NULL,
    state TEXT NOT NULL,
    head_hash TEXT NOT NULL,
    received_at BIGINT NOT NULL,
    received_on TEXT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX cases_exchange_no ON cases (exchange_no) WHERE exchange_no <> '';
CREATE INDEX cases_received ON cases (site, received_on, id);

CREATE TABLE branches (
    case_id BIGINT NOT NULL REFERENCES cases (id),
    agency TEXT NOT NULL,
    stage TEXT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (case_id, agency)
);
CREATE INDEX branches_work ON branches (agency, stage, case_id);

CREATE TABLE clocks (
    case_id BIGINT NOT NULL REFERENCES cases (id),
    branch TEXT NOT NULL,
    kind TEXT NOT NULL,
    began_on TEXT NOT NULL,
    ordinal BIGINT NOT NULL,
    due_on TEXT NOT NULL,
    provisional BIGINT NOT NULL,
    state TEXT NOT NULL,
    site TEXT NOT NULL,
    PRIMARY KEY (case_id, branch, kind)
);
CREATE INDEX clocks_due ON clocks (kind, state, due_on, case_id, branch);
CREATE INDEX clocks_agency ON clocks (branch, kind, state, due_on, case_id) WHERE state <> 'stopped';
CREATE INDEX clocks_site ON clocks (site, kind, state, due_on, case_id, branch) WHERE branch = '' AND state <> 'stopped';

CREATE TABLE journal (
    case_id BIGINT NOT NULL REFERENCES cases (id),
    seq BIGINT NOT NULL,
    body TEXT NOT NULL,
    hash TEXT NOT NULL,
    PRIMARY KEY (case_id, seq)
);

CREATE TABLE parties (
    id BIGINT PRIMARY KEY,
    kind TEXT NOT NULL,
    body TEXT NOT NULL,
    sm3 TEXT NOT NULL
);

CREATE TABLE texts (
    id BIGINT PRIMARY KEY,
    case_id BIGINT NOT NULL,
    kind TEXT NOT NULL,
    body TEXT NOT NULL,
    sm3 TEXT NOT NULL
);
CREATE INDEX texts_case ON texts (case_id, id);

CREATE TABLE documents (
    id BIGINT PRIMARY KEY,
    case_id BIGINT NOT NULL REFERENCES cases (id),
    number TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    template TEXT NOT NULL,
    data TEXT NOT NULL,
    data_sm3 TEXT NOT NULL,
    state TEXT NOT NULL,
    at BIGINT NOT NULL
);
CREATE INDEX documents_case ON documents (case_id, id);

CREATE TABLE items (
    id BIGINT PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    version BIGINT NOT NULL
);

CREATE TABLE item_versions (
    id BIGINT PRIMARY KEY,
    item_id BIGINT NOT NULL REFERENCES items (id),
    version BIGINT NOT NULL,
    status TEXT NOT NULL,
    valid_from TEXT NOT NULL,
    valid_to TEXT NOT NULL,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    agency TEXT NOT NULL,
    sector TEXT NOT NULL,
    source_id TEXT NOT NULL,
    body TEXT NOT NULL,
    body_sm3 TEXT NOT NULL,
    UNIQUE (item_id, version)
);
CREATE INDEX item_versions_source ON item_versions (source_id, item_id);

CREATE TABLE agencies (
    key TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    body TEXT NOT NULL
);

CREATE TABLE sites (
    key TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    body TEXT NOT NULL
);

CREATE TABLE windows (
    id BIGINT PRIMARY KEY,
    site TEXT NOT NULL,
    code TEXT NOT NULL,
    kind TEXT NOT NULL,
    sector TEXT NOT NULL,
    floor BIGINT NOT NULL,
    body TEXT NOT NULL,
    UNIQUE (site, code)
);

CREATE TABLE staff (
    id BIGINT PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    post TEXT NOT NULL,
    agency TEXT NOT NULL,
    site TEXT NOT NULL,
    body TEXT NOT NULL
);
CREATE INDEX staff_post ON staff (post, agency, site, id);

CREATE TABLE authorizations (
    id BIGINT PRIMARY KEY,
    agency TEXT NOT NULL,
    staff BIGINT NOT NULL,
    valid_from TEXT NOT NULL,
    valid_to TEXT NOT NULL,
    body TEXT NOT NULL
);
CREATE INDEX authorizations_agency ON authorizations (agency, valid_from, id);

CREATE TABLE site_items (
    site TEXT NOT NULL,
    item_key TEXT NOT NULL,
    duty TEXT NOT NULL,
    window_kind TEXT NOT NULL,
    sector TEXT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (site, item_key)
);

-- One open session per window and per person: closed_at is 0 while it is open.
CREATE TABLE window_sessions (
    id BIGINT PRIMARY KEY,
    site TEXT NOT NULL,
    code TEXT NOT NULL,
    staff BIGINT NOT NULL,
    opened_at BIGINT NOT NULL,
    closed_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX window_sessions_window ON window_sessions (site, code) WHERE closed_at = 0;
CREATE UNIQUE INDEX window_sessions_staff ON window_sessions (staff) WHERE closed_at = 0;

CREATE TABLE audit (
    id BIGINT PRIMARY KEY,
    at BIGINT NOT NULL,
    actor BIGINT NOT NULL,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    body TEXT NOT NULL
);
CREATE INDEX audit_at ON audit (at, id);
CREATE INDEX audit_subject ON audit (subject, id);

CREATE TABLE calendar_years (
    year BIGINT PRIMARY KEY,
    body TEXT NOT NULL,
    loaded_at BIGINT NOT NULL
);
