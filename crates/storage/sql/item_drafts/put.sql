INSERT INTO item_drafts (version_id, state, agency, hands, reason, staff, at)
VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (version_id) DO UPDATE SET state = excluded.state, agency = excluded.agency, hands = excluded.hands, reason = excluded.reason, staff = excluded.staff, at = excluded.at
