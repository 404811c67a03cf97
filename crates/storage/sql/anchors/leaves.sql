SELECT case_id, seq, anchor, head FROM anchor_leaves
WHERE case_id > $1 AND case_id <= $2
ORDER BY case_id, seq
