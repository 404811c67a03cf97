SELECT COUNT(*) FROM (SELECT version_id FROM item_drafts WHERE state = 'submitted' LIMIT 1000) a
