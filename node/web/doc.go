// Package web is the members' and the host's pages: HTML from the server, one
// style sheet, one small script, no framework and no build step.
//
// It knows requests, sessions and words. What a person may do is decided by
// node/people, node/posts and node/media, which it reaches through the small
// interfaces of needs.go; it keeps no rule of its own.
//
//	request ─▶ headers ─▶ Host ours? ─▶ route ─▶ same origin? ─▶ session ─▶ rate
//	        ─▶ form and token ─▶ the page's function ─▶ template ─▶ answer
//
// The routes, with the right each asks for, are one table in routes.go; a test
// walks it. A page's Go struct is the contract of the template of the same name
// in assets/web/page. Words of a template stand as [[key]] and are put in when
// the templates are read, once for each language.
package web
