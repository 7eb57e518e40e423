package desk

import (
	"errors"
	"slices"

	"camp/app/place"
	"camp/assets"
	"camp/node/camp"
)

// loadSettings reads the program's settings. A file that cannot be read is put
// aside, so that the camp starts all the same.
func (d *Desk) loadSettings() error {
	s, err := d.opt.Home.LoadSettings()
	if errors.Is(err, place.ErrSettings) {
		d.opt.Log.Error("settings put aside", "err", err)
		if err := d.opt.Home.SetAside(); err != nil {
			return camp.NewFault(camp.Internal, "program.settings.say", err)
		}
		d.notices = append(d.notices, camp.Need{Kind: "settings", Say: "program.settings_aside.say"})
		s = place.Settings{Version: place.SettingsVersion}
	} else if err != nil {
		return camp.NewFault(camp.Internal, "program.settings.say", err)
	}
	if d.opt.Wishes != (place.Wishes{}) {
		s.Wishes = d.opt.Wishes
	}
	if d.opt.Menu != nil {
		s.Program.InMenu = d.opt.InMenu // the desktop knows best
	}
	d.settings = s
	return nil
}

// setting changes the settings and writes them; the snapshot shows them.
func (d *Desk) setting(fn func(*place.Settings)) error {
	d.mu.Lock()
	s := d.settings
	fn(&s)
	err := d.opt.Home.SaveSettings(s)
	if err == nil {
		d.settings = s
	}
	d.mu.Unlock()
	if err != nil {
		return camp.NewFault(camp.Internal, "program.settings.say", err)
	}
	d.change(d.showSettings)
	return nil
}

// showSettings puts the settings into a snapshot; called by change, which holds mu.
func (d *Desk) showSettings(st *camp.State) {
	s := d.settings
	st.Settings, st.Recovery = s.Program, s.Recovery
	st.Skipped = append([]string{}, s.Skipped...)
	if st.Name == "" {
		st.Name = s.Name
	}
}

// choose carries out the intents that change settings alone.
func (d *Desk) choose(in camp.Intent) error {
	switch in.Do {
	case camp.DoRecoveryDone:
		return d.setting(func(s *place.Settings) { s.Recovery = true })
	case camp.DoSkip:
		if in.Page == "" || len(in.Page) > 40 {
			return camp.NewFault(camp.Invalid, "program.choice.say", nil)
		}
		return d.setting(func(s *place.Settings) {
			if !slices.Contains(s.Skipped, in.Page) && len(s.Skipped) < 40 {
				s.Skipped = append(slices.Clone(s.Skipped), in.Page)
			}
		})
	case camp.DoBackupPlan:
		return d.plan(in)
	}
	return d.program(in.Settings)
}

// program checks and takes over the settings of the program.
func (d *Desk) program(want *camp.Settings) error {
	if want == nil {
		return camp.NewFault(camp.Invalid, "program.choice.say", nil)
	}
	n := *want
	good := (n.Language == "" || slices.Contains(assets.Languages, n.Language)) &&
		slices.Contains([]string{"", "light", "dark"}, n.Theme) &&
		(n.TextSize == 0 || n.TextSize >= 90 && n.TextSize <= 200) &&
		slices.Contains([]string{"", "keep", "ask", "end"}, n.Close)
	if !good {
		return camp.NewFault(camp.Invalid, "program.choice.say", nil)
	}
	if had := d.State().Settings; n.StartAtLogin != had.StartAtLogin {
		if d.opt.Login == nil {
			return camp.NewFault(camp.NotAllowed, "program.no_login.say", nil)
		}
		if err := d.opt.Login(n.StartAtLogin); err != nil {
			return camp.NewFault(camp.Internal, "program.no_login.say", err)
		}
	}
	if err := d.enterMenu(n.InMenu); err != nil {
		return err
	}
	err := d.setting(func(s *place.Settings) { s.Program = n })
	d.awake()
	return err
}

// enterMenu enters Camp among the desktop's programs, or takes it out.
func (d *Desk) enterMenu(on bool) error {
	if on == d.State().Settings.InMenu {
		return nil
	}
	if d.opt.Menu == nil {
		return camp.NewFault(camp.NotAllowed, "program.no_menu.say", nil)
	}
	if err := d.opt.Menu(on); err != nil {
		return camp.NewFault(camp.Internal, "program.no_menu.say", err)
	}
	return nil
}

// awake keeps the computer awake while the camp is on and the host wants it.
func (d *Desk) awake() {
	if d.opt.Awake == nil {
		return
	}
	d.waking.Lock()
	defer d.waking.Unlock()
	st := d.State()
	d.opt.Awake(st.Settings.KeepAwake && st.Phase == camp.On)
}

// keptWeb is the address that was chosen before, "" for none.
func (d *Desk) keptWeb() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.settings.Web
}

// keepWeb keeps a chosen address. That it could not be kept is no reason not to
// be on: the next start chooses anew.
func (d *Desk) keepWeb(address string) {
	if d.keptWeb() == address {
		return
	}
	if err := d.setting(func(s *place.Settings) { s.Web = address }); err != nil {
		d.opt.Log.Warn("address not kept", "err", err)
	}
}

// stage says what is going on while the camp starts.
func (d *Desk) stage(key string) { d.change(func(st *camp.State) { st.Stage = key }) }
