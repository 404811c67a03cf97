SELECT k.case_id, c.case_no, c.stage, k.due_on, k.ordinal, k.provisional, k.state, '', c.item_version, c.site, c.received_on
FROM (
    SELECT case_id, due_on, ordinal, provisional, state FROM clocks
    WHERE branch = $1 AND kind = 'consultation' AND state = 'running' AND state <> 'stopped' AND (due_on, case_id) > ($2, $3) AND due_on < $4
    ORDER BY due_on, case_id LIMIT $5
) k
JOIN cases c ON c.id = k.case_id
ORDER BY k.due_on, k.case_id
