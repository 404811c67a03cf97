-- Sign-in (登录): accounts of staff and the sessions they have opened.

-- demo: marked, of a demo database; may do without a second factor. password, former: argon2id in PHC form; former
-- as a JSON list, newest first. factor: '' until it is set up; factor_step: the last time step a code was used of.
-- failures since failing_at; locked_until, closed_at: 0 when not.
CREATE TABLE accounts (
    name TEXT PRIMARY KEY,
    staff BIGINT NOT NULL UNIQUE,
    demo BIGINT NOT NULL,
    password TEXT NOT NULL,
    password_at BIGINT NOT NULL,
    former TEXT NOT NULL,
    factor TEXT NOT NULL,
    factor_step BIGINT NOT NULL,
    failures BIGINT NOT NULL,
    failing_at BIGINT NOT NULL,
    locked_until BIGINT NOT NULL,
    closed_at BIGINT NOT NULL
);

-- One open session per account: ended_at is 0 while it is open. token: SM3 of what the browser holds.
CREATE TABLE sign_ins (
    token TEXT PRIMARY KEY,
    account TEXT NOT NULL REFERENCES accounts (name),
    opened_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL,
    until_at BIGINT NOT NULL,
    ended_at BIGINT NOT NULL,
    ended_by TEXT NOT NULL
);
CREATE UNIQUE INDEX sign_ins_open ON sign_ins (account) WHERE ended_at = 0;
