SELECT COUNT(*) FROM (SELECT version_id FROM item_drafts WHERE agency = $1 AND state <> 'submitted' LIMIT 1000) a
