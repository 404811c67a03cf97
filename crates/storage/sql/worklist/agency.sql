SELECT k.case_id, c.case_no, b.stage, k.due_on, k.ordinal, k.provisional, k.state, COALESCE(s.due_on, ''), c.item_version, c.site, c.received_on
FROM (
    SELECT case_id, branch, due_on, ordinal, provisional, state FROM clocks
    WHERE branch = $1 AND kind = 'promised' AND state = $2 AND state <> 'stopped' AND (due_on, case_id) > ($3, $4) AND due_on < $5
    ORDER BY due_on, case_id LIMIT $6
) k
JOIN branches b ON b.case_id = k.case_id AND b.agency = k.branch
JOIN cases c ON c.id = k.case_id
LEFT JOIN clocks s ON s.case_id = k.case_id AND s.branch = k.branch AND s.kind = 'statutory'
ORDER BY k.due_on, k.case_id
