package store

import "os"

// askHandles: Windows gives a program millions.
func askHandles(*os.File, int) bool { return true }
