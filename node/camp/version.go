package camp

// Version is the version of Camp, of both programs and of the packages made
// from them.
const Version = "0.1.0"
