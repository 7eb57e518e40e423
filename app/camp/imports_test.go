package main_test

import (
	"os/exec"
	"path"
	"sort"
	"strings"
	"testing"
)

// A wall says that no package of the rooms may reach what is beyond it.
// Patterns are import paths; one that ends in "/..." takes in all below it.
type wall struct {
	why    string
	rooms  []string
	but    []string // rooms that may, and what stands on them
	beyond []string
	except []string // beyond, but allowed
	// far looks through the dependencies of others as well; without it a wall
	// looks at the imports of our own packages, through our own packages, as
	// libraries drag in things (net/http, unsafe) that they alone answer for.
	far bool
}

// The walls of the house: the package map of the design, one reason each.
var walls = []wall{
	{
		why:   "what is embedded must not know the house it is embedded in",
		rooms: []string{"camp/assets/..."}, beyond: []string{"camp/..."}, except: []string{"camp/assets/..."},
	},
	{
		why:   "the vocabulary is plain data and pure checks: no I/O, no clock, no wire, nothing of ours beneath it",
		rooms: []string{"camp/node/camp"},
		beyond: []string{
			"camp/...", "os/...", "io/...", "net/...", "bufio", "syscall", "path/...", "encoding/json", "database/...",
			"context", "sync/...", "crypto/rand", "math/rand/...", "github.com/...", "golang.org/...", "fyne.io/...",
		},
		except: []string{"camp/node/camp"},
	},
	{
		why:   "only the store knows how rows lie on disk; a second user of the database would go round the journal",
		rooms: []string{"camp/..."}, but: []string{"camp/store/..."},
		beyond: []string{"github.com/dgraph-io/..."},
	},
	{
		why:   "the store keeps rows: it knows no web, no window, no tunnel, and none of the rooms that ask it",
		rooms: []string{"camp/store/..."},
		beyond: []string{
			"net/...", "html/...", "fyne.io/...", "golang.zx2c4.com/...", "gvisor.dev/...", "camp/tunnel/...", "camp/app/...",
			"camp/node", "camp/node/web/...", "camp/node/fed/...", "camp/node/ap/...", "camp/node/sig/...", "camp/node/clientapi/...", "camp/node/outside/...",
		},
	},
	{
		why:   "the tunnel carries bytes for people it does not know: no members, no posts, no rows",
		rooms: []string{"camp/tunnel/..."}, beyond: []string{"camp/node/...", "camp/store/...", "camp/app/..."}, except: []string{"camp/node/camp"},
	},
	{
		why:   "federation is told what it may send; it never looks into the store or the tunnel by itself",
		rooms: []string{"camp/node/fed/..."}, beyond: []string{"camp/store/...", "camp/tunnel/...", "camp/node/web/...", "camp/node/clientapi/...", "html/template/...", "text/template/...", "fyne.io/..."},
	},
	{
		why:   "the node is handed its store, doors and window from above; if it reached for them no test could put others in their place",
		rooms: []string{"camp/node/..."}, beyond: []string{"camp/store/...", "camp/tunnel/...", "camp/app/...", "fyne.io/...", "golang.zx2c4.com/...", "gvisor.dev/..."},
	},
	{
		why:   "people, posts and media each own their rows; one that calls another's rules would make two masters of one row",
		rooms: []string{"camp/node/people/..."}, beyond: []string{"camp/node/posts/...", "camp/node/media/..."},
	},
	{
		why:   "people, posts and media each own their rows; one that calls another's rules would make two masters of one row",
		rooms: []string{"camp/node/posts/..."}, beyond: []string{"camp/node/people/...", "camp/node/media/..."},
	},
	{
		why:   "people, posts and media each own their rows; one that calls another's rules would make two masters of one row",
		rooms: []string{"camp/node/media/..."}, beyond: []string{"camp/node/people/...", "camp/node/posts/..."},
	},
	{
		why:    "rules live below the doors: what decides whether somebody may must not know who asks over which wire",
		rooms:  []string{"camp/node/people/...", "camp/node/posts/...", "camp/node/media/...", "camp/node/border/..."},
		beyond: []string{"net/http/...", "camp/node/web/...", "camp/node/clientapi/...", "camp/node/fed/...", "camp/node/ap/...", "camp/node/sig/...", "camp/node"},
	},
	{
		why:   "a seat is the same at every door of the house: it knows nothing of who sits there, or what is asked",
		rooms: []string{"camp/node/seats"}, beyond: []string{"camp/..."}, except: []string{"camp/node/seats"},
	},
	{
		why:   "the border only answers whether we may; it never talks to anybody",
		rooms: []string{"camp/node/border/..."}, beyond: []string{"net", "net/http/...", "camp/node/outside/..."},
	},
	{
		why:   "the one client judges where a request may go; if it knew what is fetched and why, it would begin to make exceptions",
		rooms: []string{"camp/node/outside/..."}, beyond: []string{"camp/..."}, except: []string{"camp/node/camp", "camp/node/outside/..."},
	},
	{
		why:   "the queue carries letters that others wrote, signed and addressed; what they say is not its business",
		rooms: []string{"camp/node/fed/queue/..."}, beyond: []string{"camp/...", "net/http/...", "encoding/json"}, except: []string{"camp/node/camp", "camp/node/fed/queue/...", "camp/node/fed/knock"},
	},
	{
		why:   "the rules of the double knock say which form comes first; whoever speaks to a server asks them, and does the speaking",
		rooms: []string{"camp/node/fed/knock"}, beyond: []string{"camp/...", "net/..."}, except: []string{"camp/node/camp", "camp/node/fed/knock"},
	},
	{
		why:   "shapes are read and written without knowing where they come from or go: no net, no store, no rules but the camp's own words",
		rooms: []string{"camp/node/ap/..."},
		beyond: []string{
			"camp/...", "net", "net/http/...", "os/...", "io/fs", "bufio", "syscall", "context", "crypto/rand", "database/...", "reflect", "encoding/json", "github.com/...", "fyne.io/...",
		},
		except: []string{"camp/node/camp", "camp/node/ap/..."},
	},
	{
		why:   "signatures are judged by bytes, keys and a time that are handed in: no talking, no files, no rows, no rules about who may",
		rooms: []string{"camp/node/sig/..."},
		beyond: []string{
			"camp/...", "net", "net/http/...", "crypto/tls", "os/...", "io/fs", "bufio", "syscall", "context", "database/...", "reflect", "encoding/json", "github.com/...", "fyne.io/...",
		},
		// A document goes through the gate of node/ap before encoding/json sees it.
		except: []string{"camp/node/camp", "camp/node/ap", "camp/node/sig/...", "net/http", "encoding/json", "github.com/dunglas/httpsfv"},
	},
	{
		why:   "structured fields stand in signatures only, where they are bounded before they are read (decision 8)",
		rooms: []string{"camp/..."}, but: []string{"camp/node/sig/..."}, beyond: []string{"github.com/dunglas/httpsfv"},
	},
	{
		why:   "a blurhash is reckoned where a picture is bounded and made small first (decision 2)",
		rooms: []string{"camp/..."}, but: []string{"camp/node/media/..."}, beyond: []string{"github.com/bbrks/go-blurhash"},
	},
	{
		why:   "one package asks for certificates: what the library asks, shows and keeps is decided there (decision 9)",
		rooms: []string{"camp/..."}, but: []string{"camp/app/desk/certs/..."}, beyond: []string{"github.com/caddyserver/...", "github.com/mholt/...", "github.com/letsencrypt/..."},
	},
	{
		why:   "pages show what the services give them; rules or federation of their own would be a second truth",
		rooms: []string{"camp/node/web/...", "camp/node/clientapi/..."}, beyond: []string{"camp/node/fed/...", "camp/node/ap/...", "camp/node/sig/...", "camp/node/border/...", "camp/node"},
	},
	{
		why:   "the window's screens see a camp only as a snapshot: no net, no database, nothing of the node but its words",
		rooms: []string{"camp/app/ui/..."}, beyond: []string{"net/...", "camp/store/...", "camp/tunnel/...", "camp/node/...", "camp/app/..."},
		except: []string{"camp/node/camp", "camp/app/ui/...", "net/url"},
	},
	{
		why:   "the window is a process of its own that may die at any time: it must not carry a camp inside",
		rooms: []string{"camp/app/window/...", "camp/app/ui/..."}, far: true,
		beyond: []string{"camp/store/...", "camp/tunnel/...", "camp/node", "camp/node/web/...", "camp/node/people/...", "camp/node/posts/...", "camp/node/media/...", "camp/node/fed/...", "camp/app/desk", "github.com/dgraph-io/..."},
	},
	{
		why:   "the driver needs OpenGL and a C compiler: only the program that opens a window pays for it",
		rooms: []string{"camp/..."}, but: []string{"camp/app/window/..."}, far: true,
		beyond: []string{"fyne.io/fyne/v2/app", "github.com/go-gl/..."},
	},
	{
		why:   "the camp lives without a window: no widget code in the process that must not fall over",
		rooms: []string{"camp/app/camp", "camp/app/desk/...", "camp/app/control/...", "camp/app/tray/...", "camp/app/place/...", "camp/app/porch/..."}, far: true,
		beyond: []string{"fyne.io/fyne/v2/..."},
	},
	{
		why:   "one package draws the tray icon; the window's driver brings the library, and leaves it alone",
		rooms: []string{"camp/..."}, but: []string{"camp/app/tray/...", "camp/app/window/..."}, far: true,
		beyond: []string{"fyne.io/systray/..."},
	},
	{
		why:   "place knows folders and locks, nothing that lies in them",
		rooms: []string{"camp/app/place/..."}, beyond: []string{"camp/store/...", "camp/tunnel/...", "camp/app/...", "camp/node/...", "net/http/..."}, except: []string{"camp/app/place/...", "camp/node/camp"},
	},
	{
		why:   "the socket carries intents and snapshots; which camp is behind it is wired above",
		rooms: []string{"camp/app/control/...", "camp/app/tray/..."}, beyond: []string{"camp/app/desk", "camp/store/...", "camp/tunnel/...", "camp/node/...", "camp/app/camp", "camp/app/window"}, except: []string{"camp/node/camp"},
	},
	{
		why:   "a program is the top of the house: nothing stands on it",
		rooms: []string{"camp/..."}, but: []string{"camp/app/camp", "camp/app/window"}, beyond: []string{"camp/app/camp", "camp/app/window"},
	},
	{
		why:   "what strangers could guess must not come from a guessable source; spread and jitter take the randomness they are given",
		rooms: []string{"camp/..."}, beyond: []string{"math/rand"},
	},
	{
		why:   "the house writes its log through one injected logger that keeps people's words out",
		rooms: []string{"camp/..."}, beyond: []string{"log"},
	},
	{
		why:   "tools of tests stay out of the programs",
		rooms: []string{"camp/app/camp", "camp/app/window"}, far: true,
		beyond: []string{"testing/...", "github.com/chromedp/...", "github.com/google/go-cmp/...", "github.com/letsencrypt/...", "fyne.io/fyne/v2/test"},
	},
}

// listing is what one system's build sees: for each package its imports.
type listing map[string][]string

func TestImports(t *testing.T) {
	for _, goos := range []string{"linux", "windows", "darwin"} {
		t.Run(goos, func(t *testing.T) {
			l := list(t, goos)
			for _, w := range walls {
				for _, broken := range w.broken(l) {
					t.Errorf("%s\n\twhy not: %s", broken, w.why)
				}
			}
		})
	}
}

// A wall that cannot fall proves nothing: each must stop a made-up package.
func TestEveryWallStands(t *testing.T) {
	for _, w := range walls {
		room, beyond := strings.TrimSuffix(w.rooms[0], "/..."), strings.TrimSuffix(w.beyond[0], "/...")
		if room == "camp" {
			room = "camp/node/somewhere"
		}
		if strings.HasPrefix(beyond, "camp") && matches(beyond, w.except) || beyond == "camp" {
			beyond = "camp/elsewhere"
		}
		l := listing{room: {"camp/between"}, "camp/between": {beyond}, beyond: nil}
		w.rooms = append(w.rooms[:1:1], room)
		if got := w.broken(l); len(got) == 0 {
			t.Errorf("%s → camp/between → %s passed, although %s", room, beyond, w.why)
		}
	}
}

// broken gives a line per forbidden way, with the packages on it.
func (w wall) broken(l listing) []string {
	var lines []string
	for _, room := range sorted(l) {
		if !ours(room) || !matches(room, w.rooms) || matches(room, w.but) {
			continue
		}
		for _, way := range l.ways(room, w) {
			lines = append(lines, strings.Join(way, " → "))
		}
	}
	return lines
}

// ways walks from a room and gives, for each thing beyond the wall, one
// shortest way to it.
func (l listing) ways(room string, w wall) [][]string {
	var found [][]string
	from := map[string]string{room: ""}
	queue := []string{room}
	for len(queue) > 0 {
		p := queue[0]
		queue = queue[1:]
		for _, next := range l[p] {
			if _, known := from[next]; known {
				continue
			}
			from[next] = p
			if matches(next, w.beyond) && !matches(next, w.except) {
				found = append(found, wayTo(next, from))
				continue
			}
			if (w.far || ours(next)) && !matches(next, w.but) {
				queue = append(queue, next)
			}
		}
	}
	return found
}

func wayTo(p string, from map[string]string) []string {
	var way []string
	for ; p != ""; p = from[p] {
		way = append([]string{p}, way...)
	}
	return way
}

func list(t *testing.T, goos string) listing {
	t.Helper()
	cmd := exec.Command("go", "list", "-e", "-deps", "-f", `{{.ImportPath}} {{join .Imports " "}}`, "camp/...")
	cmd.Env = append(cmd.Environ(), "GOOS="+goos, "CGO_ENABLED=0")
	if goos == "linux" { // the window's real imports show only with C
		cmd.Env = append(cmd.Environ(), "CGO_ENABLED=1")
	}
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list for %s: %v", goos, err)
	}
	l := listing{}
	for line := range strings.Lines(string(out)) {
		words := strings.Fields(line)
		if len(words) > 0 {
			l[words[0]] = words[1:]
		}
	}
	if _, ok := l["camp/node/camp"]; !ok {
		t.Fatalf("go list for %s does not see the house: %d packages", goos, len(l))
	}
	return l
}

func ours(p string) bool { return p == "camp" || strings.HasPrefix(p, "camp/") }

func matches(p string, patterns []string) bool {
	for _, pat := range patterns {
		if root, below := strings.CutSuffix(pat, "/..."); p == root || below && strings.HasPrefix(p, root+"/") || path.Clean(pat) == p {
			return true
		}
	}
	return false
}

func sorted(l listing) []string {
	names := make([]string, 0, len(l))
	for name := range l {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}
