// Package node is the camp itself: it ties the rooms below it together. It has
// no window, knows no Badger and opens no socket of its own; it is handed
// listeners, a store, a door and a clock.
package node
