package store

// tickNow and hourNow have the store's own housekeeper do its rounds at once,
// so that a test never does them beside it.
func tickNow(db *DB) error { return chore(db, db.keepTick) }

func hourNow(db *DB) error {
	return chore(db, func() error { return db.keepHourly(db.life) })
}

func chore(db *DB, job func() error) error {
	out := make(chan error, 1)
	db.chores <- func() { out <- job() }
	return <-out
}
