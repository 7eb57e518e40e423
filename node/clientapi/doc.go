// Package clientapi speaks the Mastodon client API, so that a member can use a
// phone app, a web client or a program beside the camp's own pages. It has no
// rules of its own: who may do what is asked of people, posts and media, and
// what they refuse is put into the words of the protocol. Federation it does not
// know; what it needs from there is handed in (Finder).
//
//	request ─▶ route ─▶ token, scope, rate ─▶ params ─▶ handler ─▶ services
//	                                                        │
//	answer ◀── one JSON value, appended to one buffer ◀─────┘
//
// Two things that look odd at first:
//
//   - JSON is appended by hand (json.go), never reflected upon: a home timeline of
//     forty is some 100 KB, and most of it is the same for every reader, so that
//     part of each post and account is kept (kept.go) under all that it is made of.
//   - A picture is loaded by clients without a token. Its address therefore says
//     for whom it was made and until when, with a MAC over both by a key drawn when
//     the camp starts (tickets.go). Who loads it is treated as that person: the
//     same question is asked as for a session, at the time of loading.
//
// A camp post reads visibility "private" and local_only true (visibility.go).
package clientapi
