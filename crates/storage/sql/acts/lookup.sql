SELECT actor, kind, body_hash, answer FROM acts WHERE id = $1
