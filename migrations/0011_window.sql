-- The window (窗口): questions and answers shown with their item, materials used again, files that drafts hold.

-- 事项问答: what the department lets every window see of a question and its answer, without personal data; '' where
-- it lets nothing be seen. question and answer are sealed.
ALTER TABLE questions ADD COLUMN entry_question TEXT NOT NULL DEFAULT '';
ALTER TABLE questions ADD COLUMN entry_answer TEXT NOT NULL DEFAULT '';
CREATE INDEX questions_draft ON questions (draft_id, id);
CREATE INDEX questions_entries ON questions (answered_at, id);

-- 免提交: the case whose material this file was before; 0 where it was handed in.
ALTER TABLE case_files ADD COLUMN from_case BIGINT NOT NULL DEFAULT 0;

-- Files a draft holds (dropped_at 0), or held until they or the draft were thrown away: the sweep removes those nobody
-- else needs. own: 1 where the content was on no record before it was handed in for this draft.
CREATE TABLE draft_files (
    draft_id BIGINT NOT NULL,
    sm3 TEXT NOT NULL,
    own BIGINT NOT NULL,
    dropped_at BIGINT NOT NULL,
    PRIMARY KEY (draft_id, sm3)
);
CREATE INDEX draft_files_dropped ON draft_files (dropped_at, sm3);
CREATE INDEX draft_files_sm3 ON draft_files (sm3);
CREATE INDEX drafts_case ON drafts (case_id, state);
CREATE INDEX case_files_sm3 ON case_files (sm3);
