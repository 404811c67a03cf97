INSERT INTO anchor_leaves (case_id, seq, anchor, head)
VALUES ($1, $2, $3, $4)
