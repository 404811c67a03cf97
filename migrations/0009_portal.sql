-- The public portal (公众端): what is found of the catalogue, and who is asked for a rating at which window.

-- Moves when a version is published or its days change.
INSERT INTO epochs (kind, n) VALUES ('catalogue', 0);

-- Evaluators (评价器): the case whose applicant is asked for a rating at this window, and since when.
CREATE TABLE evaluators (
    site TEXT NOT NULL,
    window_code TEXT NOT NULL,
    case_id BIGINT NOT NULL,
    invited_at BIGINT NOT NULL,
    PRIMARY KEY (site, window_code)
);
