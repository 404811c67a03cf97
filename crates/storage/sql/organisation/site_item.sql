SELECT site, item_key, duty, window_kind, sector, body FROM site_items WHERE site = $1 AND item_key = $2
