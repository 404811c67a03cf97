-- Several nodes: who holds which node number, what one node at a time does, and what moved since it was read.
-- Instants are of the database's clock. until_at 0: given back.

-- Node numbers (节点号). greatest: no id with this number is above it, as far as its holders told.
CREATE TABLE nodes (
    number BIGINT PRIMARY KEY,
    holder TEXT NOT NULL,
    until_at BIGINT NOT NULL,
    greatest BIGINT NOT NULL
);

-- Work that one node at a time does (租约).
CREATE TABLE leases (
    name TEXT PRIMARY KEY,
    holder TEXT NOT NULL,
    until_at BIGINT NOT NULL
);

-- What every process keeps a copy of: n moves in the change that changes it.
CREATE TABLE epochs (
    kind TEXT PRIMARY KEY,
    n BIGINT NOT NULL
);
INSERT INTO epochs (kind, n) VALUES ('calendar', 1);
INSERT INTO epochs (kind, n) VALUES ('organisation', 1);
