package desk

import (
	"slices"
	"strconv"
	"time"

	"camp/node/camp"
)

// backupAge is how old the newest backup may be before the host is told.
const backupAge = 7 * 24 * time.Hour

// note keeps something that went wrong without keeping the camp from being on.
// The snapshot's Problem shows the first, Needs the others.
func (d *Desk) note(n camp.Need) {
	d.mu.Lock()
	d.notices = append(d.notices[:len(d.notices):len(d.notices)], n)
	d.mu.Unlock()
	d.change(func(*camp.State) {})
}

// needs gives what waits for the host, most pressing first; called by change,
// which holds mu.
func (d *Desk) needs(st *camp.State) []camp.Need {
	list := []camp.Need{}
	first := st.Phase != camp.Trouble
	for _, n := range slices.Concat(d.store, d.notices) {
		if first && n.Deed != camp.DoClockRight { // a question is no problem
			st.Problem, first = &camp.Problem{Say: n.Say, Args: n.Args, Deed: n.Deed}, false
			continue
		}
		list = append(list, n)
	}
	if n, low := spaceNeed(st.Space); low {
		list = append(list, n)
	}
	if st.Waiting > 0 {
		list = append(list, camp.Need{Kind: "waiting", Say: "program.need.waiting", Args: map[string]string{"N": strconv.Itoa(st.Waiting)}, Page: "people"})
	}
	if d.reports > 0 {
		list = append(list, camp.Need{Kind: "report", Say: "program.need.reports", Args: map[string]string{"N": strconv.Itoa(d.reports)}, Page: "reports"})
	}
	if n, soon := d.oldKeyNeed(st.Reach); soon {
		list = append(list, n)
	}
	if n, full := sizeNeed(st.People); full {
		list = append(list, n)
	}
	if p := st.World.Problems; st.Phase == camp.On && st.World.On && !st.World.Ready && len(p) > 0 {
		list = append(list, camp.Need{Kind: "world", Say: p[0].Say, Args: p[0].Args, Deed: camp.DoWorldCheck, Page: "world"})
	}
	if n, wrong := clockNeed(d.behind); wrong {
		list = append(list, n)
	}
	list = append(list, borderNeeds(st.Blocks, d.lost, d.opt.Now())...)
	if p := st.Backup.Problem; p != nil {
		list = append(list, camp.Need{Kind: "backup", Say: p.Say, Args: p.Args, Deed: camp.DoBackup, Page: "backups"})
	} else if n, late := d.backupNeed(st); late {
		list = append(list, n)
	}
	if st.FirstPost && !st.Recovery {
		list = append(list, camp.Need{Kind: "recovery", Say: "program.need.recovery", Deed: camp.DoRecovery, Page: "recovery"})
	}
	return list
}

// sizeNeed tells that few places are left.
func sizeNeed(people []camp.Person) (camp.Need, bool) {
	n := 0
	for i := range people {
		if people[i].Standing.Counts() {
			n++
		}
	}
	args := map[string]string{"N": strconv.Itoa(n), "Most": strconv.Itoa(camp.MaxMembers)}
	return camp.Need{Kind: "size", Say: "program.need.size", Args: args, Page: "people"}, n >= camp.NearlyFull
}

func spaceNeed(s camp.Space) (camp.Need, bool) {
	say := map[string]string{
		"warn": "program.need.space", "no media": "program.need.space_no_media", "read only": "program.need.space_read_only",
	}[s.Level]
	return camp.Need{Kind: "space", Say: say, Deed: camp.DoMakeRoom}, say != ""
}

// backupNeed tells when the newest backup, or the camp without one, is too old.
func (d *Desk) backupNeed(st *camp.State) (camp.Need, bool) {
	since := st.Backup.Last
	if since.IsZero() {
		since = d.made
	}
	age := d.opt.Now().Sub(since)
	if since.IsZero() || age < backupAge {
		return camp.Need{}, false
	}
	return camp.Need{
		Kind: "backup", Say: "program.need.backup", Args: map[string]string{"N": strconv.Itoa(int(age.Hours() / 24))},
		Deed: camp.DoBackup, Page: "backups",
	}, true
}
