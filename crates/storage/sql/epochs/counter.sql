SELECT n FROM epochs WHERE kind = $1
