SELECT k.case_id, c.case_no, c.stage, k.due_on, k.ordinal, k.provisional, k.state, '', c.item_version, c.site, c.received_on
FROM (
    SELECT case_id, due_on, ordinal, provisional, state FROM clocks
    WHERE site = $1 AND kind = $2 AND state = 'running' AND branch = '' AND state <> 'stopped' AND (due_on, case_id) > ($3, $4) AND due_on < $5
    ORDER BY due_on, case_id LIMIT $6
) k
JOIN cases c ON c.id = k.case_id
ORDER BY k.due_on, k.case_id
