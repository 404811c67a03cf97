SELECT c.id, c.case_no, c.stage, c.site, c.item_version, c.received_on
FROM branches b JOIN cases c ON c.id = b.case_id JOIN item_versions v ON v.id = c.item_version JOIN items i ON i.id = v.item_id
WHERE b.agency = $1 AND b.case_id < $2 AND c.received_on >= $3 AND c.received_on <= $4 AND c.stage >= $5 AND c.stage <= $6 AND i.key >= $7 AND i.key <= $8
AND ($9 = '' OR EXISTS (SELECT k.case_id FROM clocks k WHERE k.case_id = c.id AND k.kind = 'promised' AND k.branch = b.agency AND k.state = $9 AND k.due_on >= $10 AND k.due_on <= $11))
ORDER BY b.case_id DESC LIMIT $12
