package ap

import (
	"os"
	"path/filepath"
	"testing"
)

func TestSmoke(t *testing.T) {
	files, _ := filepath.Glob("/work/shared/fixtures/activitypub/*/*.json")
	for _, f := range files {
		b, _ := os.ReadFile(f)
		o, err := ParseAny(b)
		if err != nil {
			t.Log(filepath.Base(f), err)
			continue
		}
		if o.Post != nil {
			t.Logf("%s %+v", filepath.Base(f), *o.Post)
		}
	}
}
func BenchmarkCreate(b *testing.B) {
	doc, _ := os.ReadFile("/work/shared/fixtures/activitypub/captured/create-diaspodon.fr-1.json")
	b.SetBytes(int64(len(doc)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := ParseActivity(doc); err != nil {
			b.Fatal(err)
		}
	}
}
func BenchmarkGate(b *testing.B) {
	doc, _ := os.ReadFile("/work/shared/fixtures/activitypub/captured/create-diaspodon.fr-1.json")
	b.ReportAllocs()
	for b.Loop() {
		if Check(doc) != nil {
			b.Fatal()
		}
	}
}
