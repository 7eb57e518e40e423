package camp

import "time"

// Phase is what the camp is doing. Its values are a contract of the command line.
type Phase string

// The phases of a camp.
const (
	Off      Phase = "off"
	Starting Phase = "starting"
	On       Phase = "on"
	Paused   Phase = "paused"
	Stopping Phase = "stopping"
	Trouble  Phase = "trouble"
)

// State is a complete, immutable snapshot of a camp for those who look after it
// (window, tray, command line). It is sent whole at each change, as JSON.
type State struct {
	Phase     Phase     `json:"state"`
	Exists    bool      `json:"exists"` // a camp lives in this data folder
	Stage     string    `json:"stage"`  // while starting: locale key of what is going on
	Name      string    `json:"name"`
	Address   string    `json:"address"`
	Domain    string    `json:"domain"`
	Web       string    `json:"web"`    // "http://127.0.0.1:PORT", "" while off
	Tunnel    string    `json:"tunnel"` // "" while none runs
	Members   int       `json:"members"`
	Here      int       `json:"here"` // open connections of people, counted once each
	Waiting   int       `json:"waiting"`
	Blocked   int       `json:"blocked"`
	Since     time.Time `json:"since"`
	Until     time.Time `json:"until"` // paused until; zero: until switched on
	Version   string    `json:"version"`
	Lab       []string  `json:"lab"` // lab flags in force; never nil
	Data      string    `json:"data"`
	NoTunnel  string    `json:"no_tunnel"` // locale key saying why no tunnel runs, "" if it does
	Problem   *Problem  `json:"problem"`   // what is wrong, nil for nothing; with Phase Trouble why the camp is not on
	Needs     []Need    `json:"needs"`     // never nil
	People    []Person  `json:"people"`    // never nil
	Gone      []Person  `json:"gone"`      // removed, and can be taken back, the newest first; never nil
	Rules     Rules     `json:"rules"`
	Former    Rules     `json:"former"` // the version before; zero for none
	Log       []LogLine `json:"log"`    // newest first, at most 200; never nil
	Backup    Backup    `json:"backup"`
	Recovery  bool      `json:"recovery"`   // the recovery sheet was printed or saved
	FirstPost bool      `json:"first_post"` // somebody posted: time to offer the sheet
	Space     Space     `json:"space"`
	Settings  Settings  `json:"settings"`
	Skipped   []string  `json:"skipped"` // optional first steps done or skipped
	Show      int       `json:"show"`    // counts requests to bring the window up
	ShowPage  string    `json:"show_page"`
	ShowCode  string    `json:"show_code,omitempty"` // a code from a link that was opened: shown, never acted on
	Kept      []Keeping `json:"kept"`                // from the store's catalogue; never nil

	Inner       []string     `json:"inner"`   // the camp's own addresses in the tunnel; never nil
	Invites     []InviteLine `json:"invites"` // newest first; never nil
	Blocks      []Block      `json:"blocks"`  // never nil
	Reach       Reach        `json:"reach"`
	World       World        `json:"world"`
	Backlog     []Backlog    `json:"backlog"`    // what waits to be sent to other servers, most first, at most MaxBacklog; never nil
	SentToday   int64        `json:"sent_today"` // bytes that left this computer, as far as they are counted
	Letters     int          `json:"letters"`    // all that wait, also those of servers that Backlog leaves out
	Nearby      Nearby       `json:"nearby"`
	Memberships []Membership `json:"memberships"` // camps of others that this program is a member of; never nil
	Joining     Joining      `json:"joining"`     // a join under way
}

// Problem is something wrong, in words and with a deed.
type Problem struct {
	Say    string            `json:"say"` // locale key
	Args   map[string]string `json:"args"`
	Detail string            `json:"detail"` // technical, copyable
	Deed   string            `json:"deed"`   // a Do… constant that helps, or ""
}

// Need is one line under "Needs you".
type Need struct {
	Kind string            `json:"kind"` // "recovery", "backup", "space", "waiting", ...
	Say  string            `json:"say"`
	Args map[string]string `json:"args"`
	Deed string            `json:"deed"` // a Do… constant, or "" for none
	Page string            `json:"page"` // the window's screen that helps, or ""
}

// Person is a member as the lists show them.
type Person struct {
	Name     string    `json:"name"`
	Display  string    `json:"display"`
	Role     Role      `json:"role"`
	Offered  bool      `json:"offered"` // asked to be a helper, and did not answer yet
	Standing Standing  `json:"state"`
	Joined   time.Time `json:"joined"`
	LastSeen string    `json:"last_seen"`

	Asked   time.Time `json:"asked"`   // who waits: since when
	Message string    `json:"message"` // who waits: their words
	Note    string    `json:"note"`    // of the invite by which they came
	By      string    `json:"by"`      // shown name of who invited them
	Words   string    `json:"words"`   // four words to compare, while they wait

	Question string `json:"question"` // who waits: what they were asked
	Reply    string `json:"reply"`    // and answered

	Until   time.Time    `json:"until"` // suspended: until when; zero for no end
	Ended   time.Time    `json:"ended"` // removed: since when
	Final   time.Time    `json:"final"` // removed: until when that can be undone; a member: the day they leave; zero for everybody else
	Erase   bool         `json:"erase"` // removed or leaving: what they wrote goes too
	Devices []DeviceLine `json:"devices"`

	Ends    time.Time `json:"ends,omitzero"`     // a guest: when the stay ends
	Invites int       `json:"invites,omitempty"` // a member: how many invites they may have open at once
}

// DeviceLine is a device as lists show it.
type DeviceLine struct {
	Serial    uint64 `json:"serial"`
	Label     string `json:"label"`
	LastSeen  string `json:"last_seen"`
	Phone     bool   `json:"phone"`
	Connected bool   `json:"connected"` // a handshake in the last three minutes
	This      bool   `json:"this"`      // of one's own devices: this very computer

	Former bool `json:"former,omitempty"` // it still comes by the camp's key of before
}

// InviteLine is an invite as lists show it; Code only where it was asked for.
type InviteLine struct {
	ID     InviteID    `json:"id"`
	Code   string      `json:"code,omitempty"` // the text to hand over; a phone's: its WireGuard configuration
	Six    string      `json:"six,omitempty"`  // a phone's: the same by IPv6 alone, for a network that uses the camp's IPv4 range itself
	Web    string      `json:"web,omitempty"`  // a phone's: the camp's address for the browser
	Note   string      `json:"note"`
	By     string      `json:"by"`
	Made   time.Time   `json:"made"`
	Ends   time.Time   `json:"expires"`
	Uses   int         `json:"uses"`
	Used   int         `json:"used"`
	State  InviteState `json:"state"`
	Phone  bool        `json:"phone"`
	Asked  []string    `json:"asked"`            // shown names of who asked by it
	Lasts  bool        `json:"lasts"`            // a phone's: its way in outlasts a change of address
	Narrow string      `json:"narrow,omitempty"` // locale key of what keeps the code from working everywhere
}

// Reach is how the camp can be reached from outside its home network.
type Reach struct {
	On       bool      `json:"on"`        // the router may be asked
	Asked    bool      `json:"asked"`     // the host was told, and chose
	State    string    `json:"state"`     // "off", "asking", "open", "none" (no router answers), "shared" (the provider shares one address), "refused"
	How      string    `json:"how"`       // "nat-pmp", "upnp", "" for none
	Outer    string    `json:"outer"`     // "ip:port" as the world sees it, "" for none
	Until    time.Time `json:"until"`     // the lease
	LAN      bool      `json:"lan"`       // announced on the home network
	Ways     []string  `json:"ways"`      // "ip:port", as they stand in a code made now
	LastFrom time.Time `json:"last_from"` // somebody came in from outside the home network
	Problem  string    `json:"problem"`   // locale key of what is wrong, "" for nothing

	Former time.Time `json:"former,omitzero"` // the camp has a new key: when the one before is over; zero for no such
	Late   int       `json:"late,omitempty"`  // devices that still come by that
}

// Nearby is the open door for somebody in the same room.
type Nearby struct {
	State string    `json:"state"` // "", "open", "compare", "sent", "differ", "closed" (for an hour), "failed"
	Until time.Time `json:"until"`
	Check string    `json:"check"` // six digits
	Words string    `json:"words"` // the same as four words
	Say   string    `json:"say"`   // locale key of what happened, "" for nothing
}

// Membership is a camp of somebody else's to which this computer belongs, or
// asks to. ID is the file's name below keys/.
type Membership struct {
	ID       string       `json:"id"`
	Camp     string       `json:"camp"`
	Host     string       `json:"host"`
	Name     string       `json:"name"` // one's own handle there
	State    Standing     `json:"state"`
	Link     string       `json:"link"`     // "looking", "connected", "asleep": no answer for a while
	Path     string       `json:"path"`     // "home", "direct", "" while not connected
	Since    time.Time    `json:"since"`    // asked, or joined
	Ends     time.Time    `json:"ends"`     // of the code, while nothing was heard
	Answer   string       `json:"answer"`   // the host's words to somebody declined
	Words    string       `json:"words"`    // four words to compare while waiting
	Question string       `json:"question"` // while waiting: what the host asks
	Reply    string       `json:"reply"`    // and one's own answer
	Leaves   time.Time    `json:"leaves"`   // the day one leaves, by one's own wish; zero for never
	Shut     bool         `json:"shut"`     // with Removed: this computer alone was shut out
	Web      string       `json:"web"`      // "http://127.0.0.1:PORT"
	Unread   int          `json:"unread"`
	Replies  int          `json:"replies"`
	LastWord uint64       `json:"last_word"`
	Devices  []DeviceLine `json:"devices"`
	Say      string       `json:"say"` // locale key of what is wrong, "" for nothing
}

// Says is the locale key of a sentence about how it stands; it takes Host, When
// (Since), N (Unread) and Path (PathSays).
func (m Membership) Says() string {
	switch {
	case m.State == Waiting:
		return "window.others.waiting"
	case m.State == Declined:
		return "window.others.declined"
	case m.State == Left:
		return "window.others.left"
	case m.State == Removed && m.Shut:
		return "window.others.shut"
	case m.State == Removed:
		return "window.others.removed"
	case !m.State.In():
		return "window.others.out"
	case m.Link == "asleep":
		return "window.others.asleep"
	case m.Link != "connected":
		return "window.others.looking"
	case m.State == Suspended:
		return "window.others.break"
	case m.Unread > 0:
		return "window.others.unread"
	}
	return "window.others.on"
}

// PathSays is the locale key of the way by which the camp was found.
func (m Membership) PathSays() string {
	if m.Path == "home" {
		return "window.others.path.home"
	}
	return "window.others.path.direct"
}

// LookAgain reports whether a page without script that lists these should be drawn
// anew after a while: something is about to change, and nobody is writing on it.
func LookAgain(list []Membership) bool {
	soon := false
	for _, m := range list {
		if m.State == Waiting && m.Question != "" && m.Reply == "" { // they write an answer
			return false
		}
		soon = soon || m.State == Waiting || m.State.In() && m.Link != "connected"
	}
	return soon
}

// Joining is a code that was taken in and not yet sent anywhere: what the camp
// says about itself, to be read before asking.
type Joining struct {
	Stage   string       `json:"stage"` // "", "looking", "read", "asking", "around", "compare", "failed"
	Code    string       `json:"-"`
	Info    *JoinInfo    `json:"info"`
	Ends    time.Time    `json:"ends"`
	Say     string       `json:"say"` // locale key of why it failed
	Args    Args         `json:"args"`
	Around  []NearbyCamp `json:"around"` // after looking around
	Check   string       `json:"check"`  // while comparing
	Words   string       `json:"words"`
	Started time.Time    `json:"started"`
}

// NearbyCamp is a camp that lets somebody nearby in, as found on the home network.
type NearbyCamp struct {
	Key  string `json:"key"` // names it in an intent
	Name string `json:"name"`
}

// LogLine is one sentence of the host's log.
type LogLine struct {
	At   time.Time         `json:"at"`
	Deed string            `json:"deed"`
	Args map[string]string `json:"args"` // "By" and "Whom" hold shown names
}

// Backup says how the backups stand.
type Backup struct {
	Last    time.Time `json:"last"` // zero for never
	File    string    `json:"file"`
	Bytes   int64     `json:"bytes"`
	Checked bool      `json:"checked"`
	Folder  string    `json:"folder"`
	Daily   int       `json:"daily"` // how many to keep
	Weekly  int       `json:"weekly"`
	Running bool      `json:"running"`
	Problem *Problem  `json:"problem"`
}

// Space says how the disk stands, in bytes.
type Space struct {
	Free  int64  `json:"free"`
	Total int64  `json:"total"`
	Used  int64  `json:"used"`  // by this camp
	Level string `json:"level"` // "ok", "warn", "no media", "read only"
}

// Settings are choices about the program, not about the camp.
type Settings struct {
	Language     string `json:"language"`   // "en", "nl", "" for the system's
	Theme        string `json:"theme"`      // "light", "dark", "" for the system's
	TextSize     int    `json:"text_size"`  // percent, 90 to 200; 0 means 100
	StartAtLogin bool   `json:"at_login"`   // start when I sign in
	KeepAwake    bool   `json:"keep_awake"` // while the camp is on
	Close        string `json:"close"`      // "keep", "ask", "end"; "" means not asked yet
	QuietFrom    int    `json:"quiet_from"` // quiet hours, minutes after midnight; equal to QuietTo: none
	QuietTo      int    `json:"quiet_to"`
	NoNotices    bool   `json:"no_notices"` // no notification for replies and letters in others' camps
	InMenu       bool   `json:"in_menu"`    // the desktop lists Camp and opens "camp:" links with it
	Apps         bool   `json:"apps"`       // apps of members may come in at the public door
}

// Keeping is one line of "what this camp keeps", made from the store's catalogue.
type Keeping struct {
	What    string `json:"what"`  // locale keys below "kept."
	Why     string `json:"why"`   //
	About   string `json:"about"` //
	Readers string `json:"readers"`
	HowLong string `json:"how_long"`
	Export  bool   `json:"export"` // part of a member's own export
}

// What can be asked of a camp. The window, the command line, the tray and the
// host's pages all ask by these.
const (
	DoStart        = "start"         // Name, Person optional
	DoPause        = "pause"         // For; 0: until resumed
	DoResume       = "resume"        //
	DoStop         = "stop"          // ends the program
	DoStatus       = "status"        // Answer.State
	DoLink         = "link"          // Answer.URL: one-time, signed in as the host
	DoOpen         = "open"          // the same, and opens the browser
	DoShow         = "show"          // bring the window up; Page, Code: of a link
	DoMemberList   = "member.list"   // Answer.People
	DoMemberAdd    = "member.add"    // Person, Role; Answer.URL: a one-time link for them, People: the new one
	DoMemberLink   = "member.link"   // Person; Answer.URL: a new one-time link for them
	DoMemberRole   = "member.role"   // Person, Role; Answer.People: that one, as they stand now
	DoMemberRemove = "member.remove" // Person, Erase
	DoToken        = "token"         // Person, Scopes; Answer.Token
	DoRules        = "rules"         // Answer.Rules
	DoRulesChange  = "rules.change"  // Texts, Small: other words alone; Hash: of the rules they were made from, or ""; Answer.Rules
	DoBackup       = "backup"        // File; "" for the backup folder; Answer.Backup
	DoCheck        = "check"         // File, Phrase optional; Answer.Backup, Answer.Say
	DoRecovery     = "recovery"      // Answer.Phrase
	DoRecoveryDone = "recovery.done" // the sheet was printed or saved
	DoRestore      = "restore"       // File, Phrase; only while off and without a camp, or with Replace
	DoExport       = "export"        // Person, File
	DoSettings     = "settings"      // Settings
	DoBackupPlan   = "backup.plan"   // Folder, Daily, Weekly
	DoName         = "name"          // Name: the camp's shown name
	DoSkip         = "skip"          // Page: an optional first step is done or skipped
	DoMakeRoom     = "make room"     // removes the ballast, empties caches
	DoRescue       = "rescue"        // Page: "backup" or "export": from the rescue screen
	DoClockRight   = "clock.right"   // the host's word that this computer's date is right

	DoApprove      = "member.approve"   // Person
	DoDecline      = "member.decline"   // Person, Reason: may be empty
	DoAskBack      = "member.ask"       // Person, who waits; Message: the question
	DoSuspend      = "member.suspend"   // Person; For, 0: without end
	DoReturn       = "member.return"    // Person: ends a suspension
	DoGuestEnd     = "member.ends"      // Person, a guest; For: how long they still stay
	DoAllowance    = "member.allowance" // Person; Uses: how many invites they may have open at once
	DoMemberGone   = "member.gone"      // Answer.People: whom the host removed and can take back
	DoMemberUndo   = "member.undo"      // Person: undoes a removal; Answer.Invite: the code by which they come in, or Answer.Say where none can be made now
	DoDeviceRemove = "device.remove"    // Person, Serial
	DoReconnect    = "device.reconnect" // Person, Serial: forgets what the tunnel remembers of the device

	DoInvite       = "invite.new"    // Name: for whom; Uses, For, Phone; Person: who comes back by it; Answer.Invite
	DoInviteShow   = "invite.show"   // ID; Answer.Invite with its code
	DoInviteList   = "invite.list"   // Answer.Invites
	DoInviteCancel = "invite.cancel" // ID
	DoNearby       = "invite.nearby" // lets somebody nearby in for ten minutes; State.Nearby tells
	DoNearbySame   = "nearby.same"   // Same: whether both screens show the same
	DoNearbyClose  = "nearby.close"
	DoReach        = "reach"      // On: the router may be asked
	DoReachStatus  = "reach.look" // asks anew; Answer.Reach
	DoLAN          = "lan"        // On: announce the camp on the home network
	DoTunnelKey    = "reach.key"  // a new key for the way in, the one before works for some time beside it; Answer.Reach
	DoTunnelKeyEnd = "reach.end"  // ends the one before now; Uses: how many devices that shuts out, as it was said to whoever asks; Answer.Reach

	DoBlockList    = "block.list"    // Answer.Blocks
	DoBlock        = "block.add"     // Domain, Level, Reason, Review, Wide: yes, although many unrelated people share the name; Answer.Preview
	DoUnblock      = "block.remove"  // Domain
	DoBlockPreview = "block.preview" // Domain, Level; Answer.Preview
	DoBlockUndo    = "block.undo"    // ID of the change; On: and all that came by the same list, Answer.Args: N, Left
	DoBlockReports = "block.reports" // Domain, On: whether reports from there are taken
	DoBlockTake    = "block.take"    // File, Level: none above; On: do it, else only look; Answer.Import
	DoBlockShare   = "block.share"   // File; Answer.Args: N written, Back kept back
	DoBlockReview  = "block.review"  // Domain, Review: the decision is kept, and looked at again then

	DoReportList    = "report.list"    // Answer.Reports
	DoReportResolve = "report.resolve" // ID, Message: a note for the other helpers, Reason: what who made it is told

	DoPages          = "pages"          // Answer.URL: a one-time link to the program's own pages, where a camp is joined
	DoJoinLook       = "join.look"      // Code; Answer.Joining
	DoJoinAround     = "join.around"    // looks for camps nearby; Answer.Joining
	DoJoinNearby     = "join.nearby"    // Name: NearbyCamp.Key; State.Joining tells
	DoJoin           = "join"           // Code ("" for the one looked at), Name, Message, Hash: of the rules agreed to; Answer.Membership
	DoJoinStop       = "join.stop"      // forgets the code that was looked at
	DoJoinWithdraw   = "join.withdraw"  // ID
	DoJoinForget     = "join.forget"    // ID: leaves this computer's memory, not the camp
	DoJoinOpen       = "join.open"      // ID: opens the browser, signed in
	DoJoinLink       = "join.link"      // ID; Answer.URL
	DoJoinPhone      = "join.phone"     // ID: a phone of one's own; Answer.Invite with the configuration
	DoJoinComputer   = "join.computer"  // ID: a further computer of one's own; Answer.Invite with the code
	DoJoinRekey      = "join.rekey"     // ID: a new key for this computer, the old one is refused for ever
	DoJoinDeviceGone = "join.device"    // ID, Serial: a device of one's own is lost
	DoJoinDevices    = "join.devices"   // ID: asks the camp for one's own devices; State.Memberships tells
	DoJoinReply      = "join.reply"     // ID, Message: the answer to what the host asks
	DoJoinLeave      = "join.leave"     // ID, Erase: begins to leave the camp; Answer.Membership says when
	DoJoinStay       = "join.stay"      // ID: takes that back
	DoFriendCopy     = "friend.copy"    // Page: system, for instance "windows/amd64"; File
	DoFriendSystems  = "friend.systems" // Answer.Systems: those there is a program for
)

// Intent is one thing asked of a camp.
type Intent struct {
	Do       string        `json:"do"`
	Name     string        `json:"name,omitempty"`
	Person   string        `json:"person,omitempty"` // a handle
	Role     Role          `json:"role,omitempty"`
	File     string        `json:"file,omitempty"` // absolute path
	Folder   string        `json:"folder,omitempty"`
	Phrase   string        `json:"phrase,omitempty"`
	Page     string        `json:"page,omitempty"`
	For      time.Duration `json:"for,omitempty"`
	Daily    int           `json:"daily,omitempty"`
	Weekly   int           `json:"weekly,omitempty"`
	Scopes   []string      `json:"scopes,omitempty"`
	Erase    bool          `json:"erase,omitempty"`
	Replace  bool          `json:"replace,omitempty"`
	Language string        `json:"language,omitempty"` // of the person asking
	Settings *Settings     `json:"settings,omitempty"`

	ID      string `json:"id,omitempty"`
	Serial  uint64 `json:"serial,omitempty"`
	Uses    int    `json:"uses,omitempty"`
	Phone   bool   `json:"phone,omitempty"`
	On      bool   `json:"on,omitempty"`
	Same    bool   `json:"same,omitempty"`
	Reason  string `json:"reason,omitempty"`
	Message string `json:"message,omitempty"`
	Code    string `json:"code,omitempty"`
	Hash    string `json:"hash,omitempty"`
	Domain  string `json:"domain,omitempty"`
	Level   Level  `json:"level,omitempty"`
	Wide    bool   `json:"wide,omitempty"`

	Texts  []string `json:"texts,omitempty"`
	Small  bool     `json:"small,omitempty"`
	Review string   `json:"review,omitempty"` // one of Reviews; "" for a year
}

// Answer is what came of an intent; each Do… constant says which fields it fills.
type Answer struct {
	URL    string     `json:"url,omitempty"`
	Token  string     `json:"token,omitempty"`
	Phrase string     `json:"phrase,omitempty"`
	Say    string     `json:"say,omitempty"` // locale key of a sentence for people
	Args   Args       `json:"args,omitempty"`
	People []Person   `json:"people,omitempty"`
	Rules  *Rules     `json:"rules,omitempty"`
	Backup *BackupBox `json:"backup,omitempty"`
	State  *State     `json:"state,omitempty"`

	Invite     *InviteLine   `json:"invite,omitempty"`
	Invites    []InviteLine  `json:"invites,omitempty"`
	Reach      *Reach        `json:"reach,omitempty"`
	World      *World        `json:"world,omitempty"`
	Blocks     []Block       `json:"blocks,omitempty"`
	Preview    *BlockPreview `json:"preview,omitempty"`
	Import     *BlockImport  `json:"import,omitempty"`
	Reports    []ReportLine  `json:"reports,omitempty"`
	Joining    *Joining      `json:"joining,omitempty"`
	Membership *Membership   `json:"membership,omitempty"`
	Systems    []string      `json:"systems,omitempty"`
	Contacts   *Contacts     `json:"contacts,omitempty"`
}

// Args fill the placeholders of a sentence.
type Args map[string]string

// BackupBox describes one backup file.
type BackupBox struct {
	File    string    `json:"file"`
	Camp    string    `json:"camp"`
	Made    time.Time `json:"made"`
	Members int       `json:"members"`
	Posts   int       `json:"posts"`
	Bytes   int64     `json:"bytes"`
	Missing int       `json:"missing"` // pictures that were not there, or damaged, when it was made
	Whole   bool      `json:"whole"`
}
