// Command gen draws the icons of assets/icons: it reads the hand-written SVG
// files beside it and writes every PNG and ICO file that is embedded. Run it
// with "go generate ./assets". It understands only what those files use: filled
// paths with absolute M, L, H, V, C and Z.
package main

import (
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: gen FOLDER")
		os.Exit(2)
	}
	files, err := drawAll(os.Args[1])
	if err == nil {
		err = writeAll(os.Args[1], files)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func writeAll(folder string, files map[string][]byte) error {
	for name, data := range files {
		if err := os.WriteFile(filepath.Join(folder, name), data, 0o644); err != nil {
			return fmt.Errorf("write icon: %w", err)
		}
	}
	return nil
}
