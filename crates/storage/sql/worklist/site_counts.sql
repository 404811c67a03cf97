SELECT
(SELECT COUNT(*) FROM (SELECT case_id FROM clocks WHERE site = $1 AND kind = 'correction' AND state = 'running' AND branch = '' AND state <> 'stopped' LIMIT 1000) a),
(SELECT COUNT(*) FROM (SELECT case_id FROM clocks WHERE site = $1 AND kind = 'supplement' AND state = 'running' AND branch = '' AND state <> 'stopped' LIMIT 1000) b),
(SELECT COUNT(*) FROM (SELECT case_id FROM clocks WHERE site = $1 AND kind = 'deferral' AND state = 'running' AND branch = '' AND state <> 'stopped' LIMIT 1000) c),
(SELECT COUNT(*) FROM (SELECT case_id FROM clocks WHERE site = $1 AND kind = 'delivery' AND state = 'running' AND branch = '' AND state <> 'stopped' LIMIT 1000) d)
