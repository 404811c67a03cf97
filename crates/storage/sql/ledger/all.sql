SELECT l.case_id, l.seq, l.kind, l.site, l.on_date, l.at, l.way, l.receiver, l.tracking, l.verdict, l.window_code, l.staff, c.case_no, c.item_version, c.stage
FROM (
    SELECT case_id, seq, kind, site, on_date, at, way, receiver, tracking, verdict, window_code, staff FROM ledger
    WHERE (on_date, case_id, seq) > ($1, $2, $3) AND on_date <= $4
    ORDER BY on_date, case_id, seq LIMIT $5
) l
JOIN cases c ON c.id = l.case_id
ORDER BY l.on_date, l.case_id, l.seq
