SELECT version_id, state, agency, hands, reason, staff, at FROM item_drafts WHERE version_id = $1
