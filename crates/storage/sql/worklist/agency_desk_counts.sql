SELECT
(SELECT COUNT(*) FROM (SELECT case_id FROM clocks WHERE branch = $1 AND kind = 'consultation' AND state = 'running' AND state <> 'stopped' LIMIT 1000) a),
(SELECT COUNT(*) FROM (SELECT h.case_id FROM claims h JOIN branches b ON b.case_id = h.case_id AND b.agency = h.agency WHERE h.staff = $2 AND h.agency = $1 LIMIT 1000) b),
(SELECT COUNT(*) FROM (SELECT b.case_id FROM branches b WHERE b.agency = $1 AND b.stage = $3 AND NOT EXISTS (SELECT h.staff FROM claims h WHERE h.case_id = b.case_id AND h.agency = b.agency) LIMIT 1000) c)
