-- Workbench of the windows (综合受理工作台): drafts, files handed in, professional questions.

-- A receipt being filled in. body: sealed JSON; '' once it was received or discarded. case_id: 0 until received.
CREATE TABLE drafts (
    id BIGINT PRIMARY KEY,
    visit BIGINT NOT NULL,
    clerk BIGINT NOT NULL,
    site TEXT NOT NULL,
    version BIGINT NOT NULL,
    state TEXT NOT NULL,
    case_id BIGINT NOT NULL,
    body TEXT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX drafts_clerk ON drafts (clerk, state, updated_at, id);
CREATE INDEX drafts_visit ON drafts (visit, id);

-- Which file was handed in for which material of a case; the bytes and their media type stand in files.
CREATE TABLE case_files (
    id BIGINT PRIMARY KEY,
    case_id BIGINT NOT NULL REFERENCES cases (id),
    material TEXT NOT NULL,
    sm3 TEXT NOT NULL,
    media TEXT NOT NULL,
    size BIGINT NOT NULL,
    at BIGINT NOT NULL
);
CREATE INDEX case_files_case ON case_files (case_id, id);

-- 专业性咨询: asked from an open intake, answered by the department; the answer belongs to the item.
-- answered_at: 0 until then.
CREATE TABLE questions (
    id BIGINT PRIMARY KEY,
    draft_id BIGINT NOT NULL,
    item_key TEXT NOT NULL,
    item_name TEXT NOT NULL,
    agency TEXT NOT NULL,
    site TEXT NOT NULL,
    asked_by BIGINT NOT NULL,
    asked_at BIGINT NOT NULL,
    due_on TEXT NOT NULL,
    question TEXT NOT NULL,
    answer TEXT NOT NULL,
    answered_by BIGINT NOT NULL,
    answered_at BIGINT NOT NULL
);
CREATE INDEX questions_agency ON questions (agency, answered_at, due_on, id);
CREATE INDEX questions_item ON questions (item_key, answered_at, id);
CREATE INDEX questions_asked ON questions (asked_by, id);
