SELECT COALESCE(MAX(id), 0) FROM (
    SELECT MAX(id) AS id FROM cases
    UNION ALL SELECT MAX(id) FROM parties
    UNION ALL SELECT MAX(id) FROM texts
    UNION ALL SELECT MAX(id) FROM documents
    UNION ALL SELECT MAX(id) FROM items
    UNION ALL SELECT MAX(id) FROM item_versions
    UNION ALL SELECT MAX(id) FROM window_sessions
    UNION ALL SELECT MAX(id) FROM audit
) AS greatest
