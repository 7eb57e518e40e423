// Package ap reads and writes the shapes of ActivityPub: what servers elsewhere
// send and serve, and what they are told from here. It knows no routes, no
// store, no clients, no network and no clock.
//
//	bytes of a stranger
//	   │ gate.go      1 MiB, depth 32, 10,000 tokens, no name twice, whole UTF-8
//	   ▼
//	 value            a tree, read once; numbers as text
//	   │ ParseAny ─▶ Object{ID, Type, and one of Post, Actor, Activity, Tombstone, Collection, Stamp, Key}
//	   │ ParseActivity, ParseActor, ParsePost, ParseCollection, ParseKeys, ParseJRD, ParseNodeInfo …
//	   ▼
//	 plain structs    texts cleaned (Clean, camp.CleanLine), lists bounded, ids byte for byte
//	   │ Post.JSON, Actor.JSON, Activity.JSON, Collection.JSON …: fixed order, same bytes for same values
//	   ▼
//	bytes for others, which the readers above read back equal
//
// Reading is tolerant in shape and strict in bounds (federation.md 2, "Tolerance
// when reading"): any property may be missing, null, one value or several, a
// text or an object. What cannot be understood is left out, not guessed; a bad
// entry of a list drops that entry. Whether an id may be believed, and who may
// say what, is decided by the caller: SameHost and HostOf say "no" for
// everything that is no https address, so an object without id belongs to
// nobody.
//
// Results share memory with one copy of the document. All functions are safe
// for concurrent use.
package ap
