SELECT b.case_id, c.case_no, b.stage, k.due_on, k.ordinal, k.provisional, k.state, c.item_version, c.site, c.received_on
FROM clocks k
JOIN branches b ON b.case_id = k.case_id AND b.agency = k.branch
JOIN cases c ON c.id = k.case_id
WHERE k.branch = $1 AND k.kind = $2 AND k.state <> 'stopped' AND (k.due_on, k.case_id) > ($3, $4)
ORDER BY k.due_on, k.case_id LIMIT $5
