INSERT INTO ledger (case_id, seq, kind, site, on_date, at, way, receiver, tracking, verdict, window_code, staff)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
