SELECT
(SELECT COUNT(*) FROM (SELECT case_id FROM branches WHERE agency = $1 AND stage = 'pending' LIMIT 1000) a),
(SELECT COUNT(*) FROM (SELECT case_id FROM branches WHERE agency = $1 AND stage = 'examined' LIMIT 1000) b),
(SELECT COUNT(*) FROM (SELECT case_id FROM branches WHERE agency = $1 AND stage = 'reviewed' LIMIT 1000) c),
(SELECT COUNT(*) FROM (SELECT case_id FROM clocks WHERE branch = $1 AND kind = 'promised' AND state = 'running' AND state <> 'stopped' AND due_on < $2 LIMIT 1000) d),
(SELECT COUNT(*) FROM (SELECT case_id FROM clocks WHERE branch = $1 AND kind = 'promised' AND state = 'running' AND state <> 'stopped' AND due_on = $2 LIMIT 1000) e),
(SELECT COUNT(*) FROM (SELECT case_id FROM clocks WHERE branch = $1 AND kind = 'promised' AND state = 'paused' AND state <> 'stopped' LIMIT 1000) f)
