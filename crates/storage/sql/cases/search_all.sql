SELECT c.id, c.case_no, c.stage, c.site, c.item_version, c.received_on
FROM cases c JOIN item_versions v ON v.id = c.item_version JOIN items i ON i.id = v.item_id
WHERE c.id < $1 AND c.received_on >= $2 AND c.received_on <= $3 AND c.stage >= $4 AND c.stage <= $5 AND i.key >= $6 AND i.key <= $7
AND ($8 = '' OR EXISTS (SELECT k.case_id FROM clocks k WHERE k.case_id = c.id AND k.kind = 'promised' AND k.state = $8 AND k.due_on >= $9 AND k.due_on <= $10))
ORDER BY c.id DESC LIMIT $11
