package node

import "strings"

// hostIs reports whether a Host value means the name, over https: whatever its
// case (RFC 9110 §4.2.3), with the dot of a whole name, and with the port that
// https has anyway.
func hostIs(value, name string) bool {
	value = strings.TrimSuffix(value, ":443")
	return name != "" && strings.EqualFold(strings.TrimSuffix(value, "."), name)
}
