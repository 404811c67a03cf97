-- Anchors (锚定): where the journals of all cases stood that had moved since the anchor before, as one Merkle root.

-- number: from 1, without a gap. previous: hash of the anchor before. public_key and signature: '' where not signed.
CREATE TABLE anchors (
    number BIGINT PRIMARY KEY,
    at BIGINT NOT NULL,
    leaves BIGINT NOT NULL,
    root TEXT NOT NULL,
    previous TEXT NOT NULL,
    public_key TEXT NOT NULL,
    hash TEXT NOT NULL,
    signature TEXT NOT NULL
);

-- The leaves of every root: the last record of a case then, and its hash.
CREATE TABLE anchor_leaves (
    case_id BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    anchor BIGINT NOT NULL,
    head TEXT NOT NULL,
    PRIMARY KEY (case_id, seq)
);
