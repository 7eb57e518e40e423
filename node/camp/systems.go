package camp

// systemNames are what people call the systems that Camp is built for.
var systemNames = map[string]string{
	"windows/amd64": "Windows", "darwin/arm64": "Mac (Apple)", "darwin/amd64": "Mac (Intel)", "linux/amd64": "Linux (PC)", "linux/arm64": "Linux (ARM)",
}

// SystemName is what people call a system, given as GOOS/GOARCH; what has no such
// name is called as it is.
func SystemName(id string) string {
	if n, ok := systemNames[id]; ok {
		return n
	}
	return id
}
