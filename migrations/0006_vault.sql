-- Privacy (隐私保护): which keys seal personal data, what finds a person again, who has read what. Never a key itself.

-- Keys (密钥) by id. sealing 1: what is new is sealed with it. replaced_at, removed_at: 0 while it is, or may be, used.
CREATE TABLE vault_keys (
    id TEXT PRIMARY KEY,
    made_at BIGINT NOT NULL,
    sealing BIGINT NOT NULL,
    replaced_at BIGINT NOT NULL,
    removed_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX vault_keys_sealing ON vault_keys (sealing) WHERE sealing = 1;

-- Blind index (盲索引): keyed digests of a party's number and telephone and of their last four characters. '' where
-- there is none.
CREATE TABLE party_index (
    party_id BIGINT PRIMARY KEY,
    case_id BIGINT NOT NULL,
    number TEXT NOT NULL,
    number_tail TEXT NOT NULL,
    phone TEXT NOT NULL,
    phone_tail TEXT NOT NULL
);
CREATE INDEX party_index_number ON party_index (number);
CREATE INDEX party_index_number_tail ON party_index (number_tail);
CREATE INDEX party_index_phone ON party_index (phone);
CREATE INDEX party_index_phone_tail ON party_index (phone_tail);

-- Reads (查阅记录) of a case with personal data in it, by staff.
CREATE TABLE reads (
    id BIGINT PRIMARY KEY,
    at BIGINT NOT NULL,
    actor BIGINT NOT NULL,
    case_id BIGINT NOT NULL,
    kind TEXT NOT NULL
);
CREATE INDEX reads_case ON reads (case_id, id);
CREATE INDEX reads_actor ON reads (actor, id);
