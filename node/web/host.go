package web

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"camp/node/camp"
)

// hostPage tells the host how the camp is.
type hostPage struct {
	frame
	Phase    string
	Since    string
	Here     int
	Members  int
	Problem  *problem
	Needs    []hostNeed
	Backup   string
	Space    string
	Address  string
	Version  string
	Recovery bool // the sheet was printed or saved
	Contacts string
	Sent     string // how much left this computer today
	On       bool   // members can get in
	Paused   bool
	Router   bool // the router is asked, and can be asked anew
	Steps    []hostStep
	Camps    []campRow // of others
}

// problem is something wrong, in words.
type problem struct{ Say, Detail string }

// hostNeed is a line under "Needs you", with the deed that helps.
type hostNeed struct{ Say, To, Link, Button string }

func (v *visit) ask(in camp.Intent) (camp.Answer, error) {
	in.Language = v.words.lang
	return v.s.o.Desk.Do(v.ctx(), in)
}

func (v *visit) host() error {
	st := v.s.o.Desk.State()
	p := &hostPage{
		Phase: v.say("web.phase." + string(st.Phase)), Here: len(v.s.o.Live.Here()), Members: st.Members,
		Address: st.Address, Version: st.Version, Recovery: st.Recovery, Backup: v.backupLine(st.Backup),
		Space: v.say("web.host.space_free", "Free", v.bytes(st.Space.Free)), Contacts: v.say(outside(st)), Sent: v.say("pages.outside.today", "Size", v.bytes(st.SentToday)),
		On: st.Phase == camp.On, Paused: st.Phase == camp.Paused, Router: st.Phase == camp.On && st.Reach.On, Steps: v.hostSteps(st),
	}
	if st.Space.Used > 0 {
		p.Space = v.say("web.host.space_say", "Free", v.bytes(st.Space.Free), "Used", v.bytes(st.Space.Used))
	}
	if !st.Since.IsZero() {
		p.Since = v.words.ago(st.Since, v.now())
	}
	if st.Problem != nil {
		p.Problem = v.problemOf(st.Problem)
	}
	for _, m := range st.Memberships {
		p.Camps = append(p.Camps, v.campRow(m))
	}
	for _, n := range st.Needs {
		p.Needs = append(p.Needs, v.needOf(n))
	}
	var err error
	if p.frame, err = v.frame("host", v.say("web.host.title")); err != nil {
		return err
	}
	return v.render(http.StatusOK, "host", p)
}

func (v *visit) problemOf(p *camp.Problem) *problem {
	return &problem{Say: v.sayFault(&camp.Fault{Kind: camp.Internal, Say: p.Say, Args: p.Args}), Detail: p.Detail}
}

// needPages are the pages that stand for the window's screens.
var needPages = map[string]string{
	"people": "/invites", "blocks": "/blocks", "world": "/host/world", "backups": "/host/backups", "reports": "/reports", "settings": "/host/settings",
}

// needOf gives a need its button: the deeds that a page can do, a page can do.
func (v *visit) needOf(n camp.Need) hostNeed {
	out := hostNeed{Say: v.words.words.SayMap(n.Say, n.Args)}
	switch n.Deed {
	case camp.DoBackup:
		out.To, out.Button = "/host/backups/now", v.say("web.backups.now")
	case camp.DoMakeRoom:
		out.To, out.Button = "/host/room", v.say("web.host.room")
	case camp.DoClockRight:
		out.To, out.Button = "/host/clock", v.say("window.deed.clock")
	case camp.DoRecovery, camp.DoRecoveryDone:
		out.Link, out.Button = "/host/recovery", v.say("web.sheet.offer_do")
	default:
		if out.Link = needPages[n.Page]; out.Link != "" {
			out.Button = v.say("web.host.look")
		}
	}
	return out
}

func (v *visit) backupLine(b camp.Backup) string {
	switch {
	case b.Running:
		return v.say("web.backups.running")
	case b.Last.IsZero():
		return v.say("web.backups.never")
	case b.Checked:
		return v.say("web.backups.last_checked", "When", v.words.exact(b.Last, v.now()), "Size", v.bytes(b.Bytes))
	}
	return v.say("web.backups.last", "When", v.words.exact(b.Last, v.now()), "Size", v.bytes(b.Bytes))
}

// bytes says a size as people do.
func (v *visit) bytes(n int64) string {
	const kb = 1000
	unit, x := "kB", float64(n)/kb
	for _, u := range []string{"MB", "GB", "TB"} {
		if x < kb {
			break
		}
		unit, x = u, x/kb
	}
	s := strconv.FormatFloat(x, 'f', 0, 64)
	if x < 10 && unit != "kB" {
		s = strconv.FormatFloat(x, 'f', 1, 64)
	}
	if v.words.lang == "nl" {
		s = strings.Replace(s, ".", ",", 1)
	}
	return s + " " + unit
}

func (v *visit) makeRoom() error {
	if _, err := v.ask(camp.Intent{Do: camp.DoMakeRoom}); err != nil {
		return err
	}
	return v.to("/host?said=room")
}

// clockRight takes the host's word that the computer's date is right.
func (v *visit) clockRight() error {
	if _, err := v.ask(camp.Intent{Do: camp.DoClockRight}); err != nil {
		return err
	}
	return v.to("/host?said=clock")
}

// hostPeoplePage lists members for the host, with the form to add one.
type hostPeoplePage struct {
	frame
	List  []row
	Most  int
	Name  string // typed into the form
	Role  string
	Link  string // a one-time link, just made
	Whose string // for whom it was made
}

func (v *visit) hostPeople() error {
	p, err := v.hostPeoplePage()
	if err != nil {
		return err
	}
	return v.render(http.StatusOK, "hostpeople", p)
}

func (v *visit) hostPeoplePage() (*hostPeoplePage, error) {
	list, err := v.s.o.People.Members(v.ctx())
	if err != nil {
		return nil, err
	}
	p := &hostPeoplePage{Most: camp.MaxMembers, Role: string(camp.RoleMember)}
	for _, m := range list {
		r := v.rowOf(m)
		r.Seen = v.seen(m)
		if day := v.leaves(m); day != "" {
			r.Seen = v.say("web.leave.leaves", "Day", day)
		}
		p.List = append(p.List, r)
	}
	p.frame, err = v.frame("host", v.say("web.hostpeople.title"))
	return p, err
}

// seen says on which day somebody was last here; never the hour.
func (v *visit) seen(m camp.Member) string {
	if m.LastSeen == "" {
		return v.say("web.hostpeople.never_seen")
	}
	return v.say("web.hostpeople.seen", "Day", v.dayOf(m.LastSeen))
}

func (v *visit) addMember() error {
	role, ok := camp.ParseRole(v.form.Get("role"))
	if !ok || role == camp.RoleHost {
		role = camp.RoleMember
	}
	name, ok := camp.ParseName(v.form.Get("name"))
	if !ok {
		return &camp.Fault{Kind: camp.Invalid, Say: "web.hostpeople.bad_name"}
	}
	a, err := v.ask(camp.Intent{Do: camp.DoMemberAdd, Person: camp.CleanLine(v.form.Get("name"), 40), Role: role})
	if err != nil {
		return err
	}
	p, err := v.hostPeoplePage()
	if err != nil {
		return err
	}
	p.Link, p.Whose = a.URL, name
	return v.render(http.StatusOK, "hostpeople", p)
}

func (v *visit) addAgain(f *camp.Fault) error {
	p, err := v.hostPeoplePage()
	if err != nil {
		return err
	}
	p.Fault, p.Name, p.Role = v.sayFault(f), v.form.Get("name"), v.form.Get("role")
	return v.render(v.status(f), "hostpeople", p)
}

// hostPersonPage is what the host can do about one person.
type hostPersonPage struct {
	frame
	Who      row
	RoleName string // "member"
	Link     string
	Host     bool // the host cannot be removed
	Break    string
	Leaves   string
	Devices  []deviceRow
	Ends     *stay     // a guest's
	Invites  *allowed  // a member's
	Back     *backCode // a code to come back by, just made
	MayBack  bool      // codes can be made
}

func (v *visit) personPage() (*hostPersonPage, error) {
	name, ok := camp.ParseName(v.r.PathValue("name"))
	if !ok || name != v.r.PathValue("name") {
		return nil, errNowhere
	}
	m, err := v.s.o.People.ByName(v.ctx(), name)
	if err != nil {
		return nil, err
	}
	p := &hostPersonPage{Who: v.rowOf(m), RoleName: string(m.Role), Host: m.Role == camp.RoleHost, MayBack: v.s.o.Joining != nil}
	p.Who.Seen, p.Break = v.seen(m), v.breakLine(m)
	if day := v.leaves(m); day != "" {
		p.Leaves = v.say("web.leave.leaves", "Day", day)
	}
	v.bounds(p, m)
	if v.s.o.Joining != nil {
		if p.Devices, err = v.deviceRows(m.Name); err != nil {
			return nil, err
		}
	}
	p.frame, err = v.frame("host", p.Who.Name)
	return p, err
}

func (v *visit) hostPerson() error {
	p, err := v.personPage()
	if err != nil {
		return err
	}
	return v.render(http.StatusOK, "hostperson", p)
}

func (v *visit) personAgain(f *camp.Fault) error {
	p, err := v.personPage()
	if err != nil {
		return err
	}
	p.Fault = v.sayFault(f)
	return v.render(v.status(f), "hostperson", p)
}

func (v *visit) memberLink() error {
	p, err := v.personPage()
	if err != nil {
		return err
	}
	a, err := v.ask(camp.Intent{Do: camp.DoMemberLink, Person: p.Who.Handle})
	if err != nil {
		return err
	}
	p.Link = a.URL
	return v.render(http.StatusOK, "hostperson", p)
}

func (v *visit) memberRole() error {
	role, ok := camp.ParseRole(v.form.Get("role"))
	if !ok {
		return &camp.Fault{Kind: camp.Invalid, Say: "web.fault.invalid"}
	}
	name := v.r.PathValue("name")
	if _, err := v.ask(camp.Intent{Do: camp.DoMemberRole, Person: name, Role: role}); err != nil {
		return err
	}
	said := "role"
	if role == camp.RoleHelper {
		said = "asked"
	}
	return v.to("/host/people/" + name + "?said=" + said)
}

func (v *visit) memberRemove() error {
	var erase bool
	switch v.form.Get("posts") {
	case "stay":
	case "erase":
		erase = true
	default:
		return &camp.Fault{Kind: camp.Invalid, Say: "web.hostpeople.choose"}
	}
	if _, err := v.ask(camp.Intent{Do: camp.DoMemberRemove, Person: v.r.PathValue("name"), Erase: erase}); err != nil {
		return err
	}
	return v.to("/host/people?said=removed")
}

// backupsPage shows how the backups stand.
type backupsPage struct {
	frame
	Line          string
	File, Folder  string
	Daily, Weekly string
	Problem       *problem
	Recovery      bool
	Checked       string // what a check found, in words
	Other         string // path of another backup to be checked
}

func (v *visit) backups() error {
	p, err := v.backupsPage()
	if err != nil {
		return err
	}
	return v.render(http.StatusOK, "backups", p)
}

func (v *visit) backupsPage() (*backupsPage, error) {
	st := v.s.o.Desk.State()
	p := &backupsPage{
		Line: v.backupLine(st.Backup), File: st.Backup.File, Folder: st.Backup.Folder,
		Daily: itoa(st.Backup.Daily), Weekly: itoa(st.Backup.Weekly), Recovery: st.Recovery,
	}
	if st.Backup.Problem != nil {
		p.Problem = v.problemOf(st.Backup.Problem)
	}
	var err error
	p.frame, err = v.frame("host", v.say("web.backups.title"))
	return p, err
}

func (v *visit) backupsAgain(f *camp.Fault) error {
	p, err := v.backupsPage()
	if err != nil {
		return err
	}
	p.Fault = v.sayFault(f)
	p.Other = v.form.Get("file")
	if v.form.Has("folder") {
		p.Folder, p.Daily, p.Weekly = v.form.Get("folder"), v.form.Get("daily"), v.form.Get("weekly")
	}
	return v.render(v.status(f), "backups", p)
}

func (v *visit) backupNow() error {
	if _, err := v.ask(camp.Intent{Do: camp.DoBackup}); err != nil {
		return err
	}
	return v.to("/host/backups?said=backup")
}

func (v *visit) backupCheck() error {
	file := strings.TrimSpace(v.form.Get("file"))
	if !v.form.Has("file") {
		file = v.s.o.Desk.State().Backup.File
	}
	if file == "" && !v.form.Has("file") {
		return &camp.Fault{Kind: camp.NotFound, Say: "web.backups.never"}
	}
	a, err := v.ask(camp.Intent{Do: camp.DoCheck, File: file})
	if err != nil {
		return err
	}
	p, err := v.backupsPage()
	if err != nil {
		return err
	}
	switch {
	case a.Backup != nil && a.Backup.Whole:
		p.Checked = v.say("web.backups.whole", "Camp", a.Backup.Camp, "When", v.words.exact(a.Backup.Made, v.now()),
			"Members", itoa(a.Backup.Members), "Posts", itoa(a.Backup.Posts))
	case v.words.words.Has(a.Say):
		p.Checked = v.words.words.SayMap(a.Say, a.Args)
	}
	return v.render(http.StatusOK, "backups", p)
}

func (v *visit) backupPlan() error {
	daily, err1 := strconv.Atoi(v.form.Get("daily"))
	weekly, err2 := strconv.Atoi(v.form.Get("weekly"))
	if err := errors.Join(err1, err2); err != nil || daily < 1 || daily > 30 || weekly < 1 || weekly > 4 {
		return &camp.Fault{Kind: camp.Invalid, Say: "web.backups.bad_plan"}
	}
	in := camp.Intent{Do: camp.DoBackupPlan, Folder: strings.TrimSpace(v.form.Get("folder")), Daily: daily, Weekly: weekly}
	if _, err := v.ask(in); err != nil {
		return err
	}
	return v.to("/host/backups?said=plan")
}

// hostSettingsPage holds the choices that a page can change.
type hostSettingsPage struct {
	frame
	Program  programForm
	Name     string
	Language string
	Theme    string
	TextSize string
	Sizes    []string
	Reach    *reachForm
	Domain   string // the camp's name in the wider world; "" while it is in none
	Apps     bool   // apps of members come in by that name
	Key      *wayKeyForm
}

func (v *visit) hostSettings() error {
	p, err := v.hostSettingsPage()
	if err != nil {
		return err
	}
	return v.render(http.StatusOK, "hostsettings", p)
}

func (v *visit) hostSettingsPage() (*hostSettingsPage, error) {
	st := v.s.o.Desk.State()
	set := st.Settings
	p := &hostSettingsPage{
		Name: v.house.Name, Language: set.Language, Theme: set.Theme, TextSize: itoa(max(set.TextSize, 0)),
		Sizes: []string{"90", "100", "115", "130", "150", "175", "200"}, Reach: v.reachForm("settings"),
		Program: v.programForm(), Key: v.wayKeyForm(st.Reach),
	}
	if set.TextSize == 0 {
		p.TextSize = "100"
	}
	if st.World.On {
		p.Domain, p.Apps = st.World.Domain, set.Apps
	}
	var err error
	p.frame, err = v.frame("host", v.say("web.hostsettings.title"))
	return p, err
}

func (v *visit) hostSettingsAgain(f *camp.Fault) error {
	p, err := v.hostSettingsPage()
	if err != nil {
		return err
	}
	p.Fault = v.sayFault(f)
	if v.form.Has("name") {
		p.Name = v.form.Get("name")
	}
	return v.render(v.status(f), "hostsettings", p)
}

// saveApps lets apps of members in at the public door, or not.
func (v *visit) saveApps() error {
	set := v.s.o.Desk.State().Settings
	set.Apps = v.form.Get("apps") == "on"
	if _, err := v.ask(camp.Intent{Do: camp.DoSettings, Settings: &set}); err != nil {
		return err
	}
	return v.to("/host/settings?said=saved")
}

func (v *visit) saveName() error {
	if _, err := v.ask(camp.Intent{Do: camp.DoName, Name: v.form.Get("name")}); err != nil {
		return err
	}
	if st := v.s.o.Desk.State(); slices.Contains(st.Steps(), camp.StepName) { // that step is taken
		if _, err := v.ask(camp.Intent{Do: camp.DoSkip, Page: camp.StepName}); err != nil {
			return err
		}
	}
	return v.to("/host/settings?said=saved")
}

func (v *visit) saveSettings() error {
	set := v.s.o.Desk.State().Settings
	set.Language, set.Theme = v.form.Get("language"), v.form.Get("theme")
	if _, ok := v.s.tongue[set.Language]; !ok && set.Language != "" {
		return &camp.Fault{Kind: camp.Invalid, Say: "web.fault.invalid"}
	}
	if set.Theme != "" && set.Theme != "light" && set.Theme != "dark" {
		return &camp.Fault{Kind: camp.Invalid, Say: "web.fault.invalid"}
	}
	size, err := strconv.Atoi(v.form.Get("size"))
	if err != nil || size < 90 || size > 200 {
		return &camp.Fault{Kind: camp.Invalid, Say: "web.fault.invalid"}
	}
	set.TextSize = size
	if _, err := v.ask(camp.Intent{Do: camp.DoSettings, Settings: &set}); err != nil {
		return err
	}
	return v.to("/host/settings?said=saved")
}
