SELECT c.id, c.version, c.head_hash FROM cases c
WHERE NOT EXISTS (SELECT 1 FROM anchor_leaves l WHERE l.case_id = c.id AND l.seq = c.version)
ORDER BY c.id LIMIT $1
