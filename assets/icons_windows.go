package assets

import "embed"

//go:embed icons/state_*.ico
var icoFiles embed.FS

// IconICO is Icon as an ICO file with 16 to 48 pixels, which the tray of Windows wants.
func IconICO(phase string, needs, dark bool) []byte {
	shade := "light"
	if dark {
		shade = "dark"
	}
	raw, err := icoFiles.ReadFile("icons/" + stateFile(phase, needs) + "_" + shade + ".ico")
	if err != nil {
		return nil
	}
	return raw
}
