//go:build crash && linux

package store

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// The clerk process keeps a store open and does what it is told on stdin, one
// line for each, with one line of answer.
const clerkDir = "CAMP_CLERK_DIR"

// TestClerkProcess is the clerk process; run by itself it does nothing.
func TestClerkProcess(t *testing.T) {
	dir := os.Getenv(clerkDir)
	if dir == "" {
		return
	}
	db, err := Open(t.Context(), crashOptions(dir))
	if err != nil {
		_, say := faultOf(err)
		fmt.Println("declined", say)
		return
	}
	if err := db.Started(); err != nil {
		fmt.Println("declined", err)
		return
	}
	if err := db.makeBallast(); err != nil {
		fmt.Println("declined", err)
		return
	}
	fmt.Println("started")
	posts := countPosts(t, db)
	in := bufio.NewScanner(os.Stdin)
	for in.Scan() {
		switch in.Text() {
		case "fill":
			for err == nil {
				if err = clerkPost(db, posts); err == nil {
					posts++
				}
			}
			if _, say := faultOf(err); say != "store.disk_full.say" {
				fmt.Println("refused otherwise:", err)
			}
			err = nil
			fmt.Println("full", posts)
		case "read":
			fmt.Println("read", countPosts(t, db))
		case "write":
			if err := clerkPost(db, posts); err != nil {
				_, say := faultOf(err)
				fmt.Println("refused", say)
				continue
			}
			posts++
			fmt.Println("ok")
		case "write until it works":
			tick := time.NewTicker(100 * time.Millisecond)
			for err = clerkPost(db, posts); err != nil; err = clerkPost(db, posts) {
				<-tick.C
			}
			tick.Stop()
			posts++
			fmt.Println("ok")
		case "close":
			if err := db.Close(); err != nil {
				fmt.Println("not closed:", err)
				continue
			}
			fmt.Println("closed")
		}
	}
}

// clerkPost writes a large post that does not compress.
func clerkPost(db *DB, n int) error {
	v := make([]byte, 100<<10)
	seed := uint64(n)*0x9e3779b97f4a7c15 + 1
	for i := range v {
		seed ^= seed << 13
		seed ^= seed >> 7
		seed ^= seed << 17
		v[i] = byte(seed)
	}
	return db.Update(context.Background(), func(tx *Tx) error {
		return tx.put(tryKey(fmt.Sprintf("clerk/%08d", n)), v)
	})
}

func countPosts(t testing.TB, db *DB) int {
	n := 0
	err := db.View(t.Context(), func(tx *Tx) error {
		return tx.scan(tryKey("clerk/"), nil, false, func(_, v []byte) bool {
			if len(v) != 100<<10 {
				fmt.Println("a post is cut")
			}
			n++
			return true
		})
	})
	if err != nil {
		fmt.Println("cannot read:", err)
	}
	return n
}

type clerk struct {
	t     *testing.T
	cmd   *exec.Cmd
	in    io.WriteCloser
	lines *bufio.Scanner
	dead  bool
}

func startClerk(t *testing.T, dir string) *clerk {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	// Something that can be given up later, beside the camp.
	spare := filepath.Join(filepath.Dir(dir), "spare")
	if _, err := os.Stat(spare); errors.Is(err, os.ErrNotExist) {
		if err := os.WriteFile(spare, make([]byte, 150<<20), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	c := &clerk{t: t, cmd: exec.Command(self, "-test.run", "^TestClerkProcess$")}
	c.cmd.Env = append(os.Environ(), clerkDir+"="+dir)
	c.cmd.Stderr = os.Stderr
	if c.in, err = c.cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	out, err := c.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	c.lines = bufio.NewScanner(out)
	if err := c.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.kill)
	return c
}

func (c *clerk) next() string {
	c.t.Helper()
	if !c.lines.Scan() {
		c.dead = true
		_ = c.cmd.Wait()
		c.t.Fatalf("the process ended: %v", c.cmd.ProcessState)
	}
	return c.lines.Text()
}

func (c *clerk) want(answer string) string {
	c.t.Helper()
	got := c.next()
	rest, ok := strings.CutPrefix(got, answer)
	if !ok {
		c.t.Fatalf("answered %q, want %q", got, answer)
	}
	return rest
}

func (c *clerk) ask(what, answer string) string {
	c.t.Helper()
	if _, err := io.WriteString(c.in, what+"\n"); err != nil {
		c.t.Fatal(err)
	}
	return c.want(answer)
}

func (c *clerk) kill() {
	if c.dead {
		return
	}
	c.dead = true
	_ = c.cmd.Process.Kill()
	_ = c.cmd.Wait()
}
