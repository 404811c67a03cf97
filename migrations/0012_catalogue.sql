-- Revision of items (事项修订): where the open draft of an item stands between its department and the office.

-- state: drafting, submitted or returned. hands: ids of the staff whose work is in it, JSON. reason: why it was
-- returned; '' otherwise. staff, at: who moved or saved it last. The row goes when the draft is published.
CREATE TABLE item_drafts (
    version_id BIGINT PRIMARY KEY REFERENCES item_versions (id),
    state TEXT NOT NULL,
    agency TEXT NOT NULL,
    hands TEXT NOT NULL,
    reason TEXT NOT NULL,
    staff BIGINT NOT NULL,
    at BIGINT NOT NULL
);
CREATE INDEX item_drafts_state ON item_drafts (state, version_id);
CREATE INDEX item_drafts_agency ON item_drafts (agency, state, version_id);

-- What was imported before waits for its department.
INSERT INTO item_drafts (version_id, state, agency, hands, reason, staff, at)
SELECT id, 'drafting', agency, '[]', '', 0, 0 FROM item_versions WHERE status = 'draft';
