package lan

// handshakeVectors were computed apart from this code, with Python's
// cryptography and hashlib: host bytes count up from 0, joiner bytes from 100.
var handshakeVectors = map[string]string{
	"commitment": "343525c5c845c8f760553059683d0169679f557516e056356eeca3b08698428f",
	"offer":      "7d9c24316539825c1896e57f28197746793ce60cbee3ad47da9d07b85fa55e2a8485868788898a8b8c8d8e8f90919293",
	"reveal":     "8f40c5adb68f25624ae5b214ea767a6ec94d829d3d7b5e1ad1ba6f3e2138285f202122232425262728292a2b2c2d2e2f",
	"channel":    "85c9a28097f4f63c189756e1a355a47e2ccf4b49898b2fed4ebb9d975e7e8bb6",
	"check":      "974068",
	"words":      "3b648e9a",
	"sealed":     "eb7ca44097b5bdf33790aecd39bfd57943f02284eefd6960e450",
}
