-- Files by content hash. The bytes lie in a folder or bucket under the same SM3; a row says that they are on record.

CREATE TABLE files (
    sm3 TEXT PRIMARY KEY,
    size BIGINT NOT NULL,
    media TEXT NOT NULL,
    at BIGINT NOT NULL
);
