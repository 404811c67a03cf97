SELECT k.case_id, k.case_no, k.stage, k.due_on, k.ordinal, k.provisional, k.state, '', k.item_version, k.site, k.received_on
FROM (
    SELECT o.case_id, c.case_no, c.stage, o.due_on, o.ordinal, o.provisional, o.state, c.item_version, c.site, c.received_on
    FROM clocks o JOIN cases c ON c.id = o.case_id
    WHERE o.site = $1 AND o.kind = $2 AND o.state = 'running' AND o.branch = '' AND o.state <> 'stopped' AND (o.due_on, o.case_id) > ($3, $4) AND o.due_on < $5 AND c.stage = $6
    ORDER BY o.due_on, o.case_id LIMIT $7
) k
ORDER BY k.due_on, k.case_id
