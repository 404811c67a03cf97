SELECT k.case_id, c.case_no, b.stage, k.due_on, k.ordinal, k.provisional, k.state, COALESCE(s.due_on, ''), c.item_version, c.site, c.received_on
FROM (
    SELECT o.case_id, o.branch, o.due_on, o.ordinal, o.provisional, o.state
    FROM clocks o JOIN claims h ON h.case_id = o.case_id AND h.agency = o.branch
    WHERE o.branch = $1 AND o.kind = 'promised' AND o.state = $2 AND o.state <> 'stopped' AND (o.due_on, o.case_id) > ($3, $4) AND o.due_on < $5 AND h.staff = $6
    ORDER BY o.due_on, o.case_id LIMIT $7
) k
JOIN branches b ON b.case_id = k.case_id AND b.agency = k.branch
JOIN cases c ON c.id = k.case_id
LEFT JOIN clocks s ON s.case_id = k.case_id AND s.branch = k.branch AND s.kind = 'statutory'
ORDER BY k.due_on, k.case_id
