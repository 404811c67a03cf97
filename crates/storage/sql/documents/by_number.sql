SELECT id, case_id, number, kind, template, data, data_sm3, state, at FROM documents WHERE number = $1
