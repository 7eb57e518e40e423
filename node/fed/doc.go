// Package fed is the camp as other servers see it: who lives here, what they
// may read, what they bring and what goes to them. What a thing means for the
// camp is decided in posts, people and border; fed translates.
//
// Everything it serves is under one name, the camp's domain, over https. Without
// a domain nothing of it exists. Nothing it answers differs by what is in the
// camp alone: a post that is for the camp, one that is gone from here and one
// that never was look the same from outside (federation.md 0).
//
// What comes in:
//
//	Inbox ─▶ Witness: who signed? ─▶ Taker: what does it mean? ─▶ posts, in one transaction
//	                                   │ wanted: what must be fetched
//	                                   ▼
//	Finder: what a member names ─▶ Gatherer ─▶ Fetcher ─▶ the thing's own host ─▶ Taker
package fed
