SELECT k.case_id, c.case_no, k.stage, k.due_on, k.ordinal, k.provisional, k.state, COALESCE(s.due_on, ''), c.item_version, c.site, c.received_on
FROM (
    SELECT o.case_id, o.branch, b.stage, o.due_on, o.ordinal, o.provisional, o.state
    FROM clocks o JOIN branches b ON b.case_id = o.case_id AND b.agency = o.branch
    WHERE o.branch = $1 AND o.kind = 'promised' AND o.state = $2 AND o.state <> 'stopped' AND (o.due_on, o.case_id) > ($3, $4) AND o.due_on < $5 AND b.stage = $6 AND NOT EXISTS (SELECT h.staff FROM claims h WHERE h.case_id = o.case_id AND h.agency = o.branch)
    ORDER BY o.due_on, o.case_id LIMIT $7
) k
JOIN cases c ON c.id = k.case_id
LEFT JOIN clocks s ON s.case_id = k.case_id AND s.branch = k.branch AND s.kind = 'statutory'
ORDER BY k.due_on, k.case_id
