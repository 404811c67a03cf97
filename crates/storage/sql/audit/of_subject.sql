SELECT id, at, actor, kind, subject, body FROM audit WHERE subject = $1 ORDER BY id
