SELECT
(SELECT COUNT(*) FROM (SELECT o.case_id FROM clocks o JOIN cases c ON c.id = o.case_id WHERE o.site = $1 AND o.kind = 'delivery' AND o.state = 'running' AND o.branch = '' AND o.state <> 'stopped' AND c.stage = 'handed_over' LIMIT 1000) a),
(SELECT COUNT(*) FROM (SELECT o.case_id FROM clocks o JOIN cases c ON c.id = o.case_id WHERE o.site = $1 AND o.kind = 'delivery' AND o.state = 'running' AND o.branch = '' AND o.state <> 'stopped' AND c.stage = 'checked' LIMIT 1000) b),
(SELECT COUNT(*) FROM (SELECT o.case_id FROM clocks o JOIN cases c ON c.id = o.case_id WHERE o.site = $1 AND o.kind = 'delivery' AND o.state = 'running' AND o.branch = '' AND o.state <> 'stopped' AND c.stage = 'decided' LIMIT 1000) c),
(SELECT COUNT(*) FROM (SELECT o.case_id FROM clocks o JOIN cases c ON c.id = o.case_id WHERE o.site = $1 AND o.kind = 'rating' AND o.state = 'running' AND o.branch = '' AND o.state <> 'stopped' AND c.stage = 'delivered' LIMIT 1000) d)
