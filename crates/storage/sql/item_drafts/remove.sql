DELETE FROM item_drafts WHERE version_id = $1
