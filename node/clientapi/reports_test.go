package clientapi

import (
	"testing"

	"camp/node/camp"
	"camp/store"
)

// A report reaches the helpers; another server hears of it only from a client
// that is out of safe mode.
func TestReport(t *testing.T) {
	t.Parallel()
	f := newFull(t)
	path := "/api/v1/reports"
	told := func() (n int) {
		t.Helper()
		err := f.db.Update(t.Context(), func(tx *store.Tx) error {
			list, err := tx.Errands(0)
			for _, e := range list {
				if e.Do == camp.ErrandReport {
					n++
				}
				if err == nil {
					err = tx.DropErrand(e.ID)
				}
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	told()
	one := f.send(f.mia, path, "account_id", f.ana.ID.String(), "status_ids[]", f.far.String(), "comment", "rude", "forward", "true").want(200).object()
	if one["comment"] != "rude" || one["category"] != "other" || one["forwarded"] != true {
		t.Errorf("%v", one)
	}
	if n := told(); n != 1 {
		t.Errorf("told %d times", n)
	}
	if one = f.send(f.mia, path, "account_id", f.ana.ID.String(), "rule_ids[]", "1").want(200).object(); one["forwarded"] != false || one["category"] != "violation" {
		t.Errorf("%v", one)
	}
	list, err := f.people.Reports(t.Context(), f.host)
	if err != nil || len(list) != 2 || list[1].Whom[0] != "ana@far.example" || len(list[1].Posts) != 1 || list[1].Maker != "mia" {
		t.Errorf("the host sees %+v, %v", list, err)
	}
	for name, row := range map[string]struct {
		with []string
		want int
	}{
		"nobody":           {nil, 404},
		"oneself":          {[]string{"account_id", f.host.Member.String()}, 422},
		"another's post":   {[]string{"account_id", f.ana.ID.String(), "status_ids[]", f.reply}, 422},
		"no post":          {[]string{"account_id", f.ana.ID.String(), "status_ids[]", "117660332851200099"}, 404},
		"no rule":          {[]string{"account_id", f.ana.ID.String(), "rule_ids[]", "x"}, 422},
		"about whom reads": {[]string{"account_id", f.joost.Member.String(), "forward", "true"}, 200},
	} {
		if got := f.send(f.mia, path, row.with...); got.StatusCode != row.want {
			t.Errorf("%s: %d, want %d", name, got.StatusCode, row.want)
		}
	}
	if n := told(); n != 0 {
		t.Errorf("told %d times of somebody here", n)
	}
	f.putSafe(f.mia)
	if one = f.send(f.mia, path, "account_id", f.ana.ID.String(), "forward", "true").want(200).object(); one["forwarded"] != false || told() != 0 {
		t.Errorf("an app in safe mode told another server: %v", one)
	}
}
