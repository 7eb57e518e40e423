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
	Rules     Rules     `json:"rules"`
	Log       []LogLine `json:"log"` // newest first, at most 200; never nil
	Backup    Backup    `json:"backup"`
	Recovery  bool      `json:"recovery"`   // the recovery sheet was printed or saved
	FirstPost bool      `json:"first_post"` // somebody posted: time to offer the sheet
	Space     Space     `json:"space"`
	Settings  Settings  `json:"settings"`
	Skipped   []string  `json:"skipped"` // optional first steps done or skipped
	Show      int       `json:"show"`    // counts requests to bring the window up
	ShowPage  string    `json:"show_page"`
	Kept      []Keeping `json:"kept"` // from the store's catalogue; never nil
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
	Standing Standing  `json:"state"`
	Joined   time.Time `json:"joined"`
	LastSeen string    `json:"last_seen"`
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
	DoShow         = "show"          // bring the window up; Page
	DoMemberList   = "member.list"   // Answer.People
	DoMemberAdd    = "member.add"    // Person, Role; Answer.URL: a one-time link for them
	DoMemberLink   = "member.link"   // Person; Answer.URL: a new one-time link for them
	DoMemberRole   = "member.role"   // Person, Role
	DoMemberRemove = "member.remove" // Person, Erase
	DoToken        = "token"         // Person, Scopes; Answer.Token
	DoRules        = "rules"         // Answer.Rules
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
