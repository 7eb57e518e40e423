package tray

import "golang.org/x/sys/windows/registry"

// darkPanel asks for the colour of the task bar; it is dark where nothing is said.
func darkPanel() bool {
	k, err := registry.OpenKey(registry.CURRENT_USER, `Software\Microsoft\Windows\CurrentVersion\Themes\Personalize`, registry.QUERY_VALUE)
	if err != nil {
		return true
	}
	defer func() { _ = k.Close() }()
	light, _, err := k.GetIntegerValue("SystemUsesLightTheme")
	return err != nil || light == 0
}
