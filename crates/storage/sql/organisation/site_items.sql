SELECT site, item_key, duty, window_kind, sector, body FROM site_items WHERE site = $1 ORDER BY item_key
