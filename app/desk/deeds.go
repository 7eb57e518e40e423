package desk

import (
	"context"
	"errors"
	"net/url"
	"os"
	"path/filepath"

	"camp/node/camp"
)

// deed carries out one intent at a camp that is on.
type deed func(ctx context.Context, in camp.Intent) (camp.Answer, error)

// deeds are the intents that a camp which is on answers.
func (s *session) deeds() map[string]deed {
	return map[string]deed{
		camp.DoLink:         s.link,
		camp.DoOpen:         s.openBrowser,
		camp.DoMemberList:   s.memberList,
		camp.DoMemberAdd:    s.memberAdd,
		camp.DoMemberLink:   s.memberLink,
		camp.DoMemberRole:   s.memberRole,
		camp.DoMemberRemove: s.memberRemove,
		camp.DoToken:        s.token,
		camp.DoRules:        s.rules,
		camp.DoRulesChange:  s.changeRules,
		camp.DoBackup:       s.backup,
		camp.DoCheck:        s.checkBackup,
		camp.DoRecovery:     s.recovery,
		camp.DoExport:       s.export,
		camp.DoName:         s.name,
		camp.DoMakeRoom:     s.makeRoom,
		camp.DoClockRight:   s.clockRight,
		camp.DoBlockList:    s.blockList,
		camp.DoBlock:        s.block,
		camp.DoUnblock:      s.unblock,
		camp.DoBlockPreview: s.blockPreview,
		camp.DoBlockUndo:    s.blockUndo,
		camp.DoBlockReports: s.blockReports,
		camp.DoBlockTake:    s.blockTake,
		camp.DoBlockShare:   s.blockShare,
		camp.DoBlockReview:  s.blockReview,

		camp.DoReportList:    s.reportList,
		camp.DoReportResolve: s.reportResolve,

		camp.DoApprove:      s.approve,
		camp.DoDecline:      s.decline,
		camp.DoAskBack:      s.askBack,
		camp.DoSuspend:      s.suspend,
		camp.DoReturn:       s.comeBack,
		camp.DoGuestEnd:     s.guestEnd,
		camp.DoAllowance:    s.allowance,
		camp.DoMemberGone:   s.memberGone,
		camp.DoMemberUndo:   s.memberUndo,
		camp.DoDeviceRemove: s.deviceRemove,
		camp.DoReconnect:    s.reconnect,
		camp.DoInvite:       s.invite,
		camp.DoInviteShow:   s.inviteShow,
		camp.DoInviteList:   s.inviteList,
		camp.DoInviteCancel: s.inviteCancel,
		camp.DoNearby:       s.nearby,
		camp.DoNearbySame:   s.nearbySame,
		camp.DoNearbyClose:  s.nearbyClose,
		camp.DoReach:        s.setReach,
		camp.DoReachStatus:  s.lookReach,
		camp.DoLAN:          s.setLAN,
		camp.DoTunnelKey:    s.renewTunnelKey,
		camp.DoTunnelKeyEnd: s.endTunnelKey,
		camp.DoWorldCheck:   s.checkWorld,
		camp.DoContacts:     s.contacts,
		camp.DoKeysRenew:    s.renewKey,
		camp.DoKeysRenewAll: s.renewKeys,
	}
}

// way is the address of a one-time link.
func (s *session) way(secret string) string { return s.web + "/in/" + secret }

func (s *session) link(ctx context.Context, _ camp.Intent) (camp.Answer, error) {
	secret, err := s.node.People.NewLinkFor(ctx, s.node.Host())
	if err != nil {
		return camp.Answer{}, err
	}
	return camp.Answer{URL: s.way(secret)}, nil
}

// openBrowser is link, opened in the browser; the intent's page, where it names
// one of the host's, is where the browser lands.
func (s *session) openBrowser(ctx context.Context, in camp.Intent) (camp.Answer, error) {
	if s.d.opt.Browse == nil {
		return camp.Answer{}, camp.NewFault(camp.NotAllowed, "program.no_browser.say", nil)
	}
	ans, err := s.link(ctx, in)
	if err != nil {
		return ans, err
	}
	if in.Page != "" {
		ans.URL += "?to=" + url.QueryEscape(in.Page)
	}
	if err := s.d.opt.Browse(ans.URL); err != nil {
		return ans, camp.NewFault(camp.Internal, "program.no_browser.say", errors.New("the browser does not open"))
	}
	return ans, nil
}

func (s *session) memberList(ctx context.Context, _ camp.Intent) (camp.Answer, error) {
	people, err := s.persons(ctx)
	return camp.Answer{People: people}, err
}

func (s *session) memberAdd(ctx context.Context, in camp.Intent) (camp.Answer, error) {
	if in.Role == "" {
		in.Role = camp.RoleMember
	}
	m, secret, err := s.node.People.AddMember(ctx, s.node.Host(), in.Person, in.Role)
	if err != nil {
		return camp.Answer{}, err
	}
	if shown := camp.CleanLine(in.Name, 60); shown != "" && shown != m.Display {
		m.Display = shown
		if err := s.node.People.SetProfile(ctx, camp.Actor{Member: m.ID, Role: m.Role}, m); err != nil {
			s.d.opt.Log.WarnContext(ctx, "shown name not set", "member", m.ID, "err", err) // they can do it themselves
		}
	}
	ans, err := s.personNow(ctx, in.Person)
	ans.URL = s.way(secret)
	return ans, err
}

func (s *session) memberLink(ctx context.Context, in camp.Intent) (camp.Answer, error) {
	secret, err := s.node.People.LinkFor(ctx, s.node.Host(), in.Person)
	if err != nil {
		return camp.Answer{}, err
	}
	return camp.Answer{URL: s.way(secret)}, nil
}

func (s *session) memberRole(ctx context.Context, in camp.Intent) (camp.Answer, error) {
	if err := s.node.People.SetRole(ctx, s.node.Host(), in.Person, in.Role); err != nil {
		return camp.Answer{}, err
	}
	return s.personNow(ctx, in.Person)
}

// personNow answers with how somebody stands now: who is to help is asked first.
func (s *session) personNow(ctx context.Context, typed string) (camp.Answer, error) {
	name, _ := camp.ParseName(typed)
	all, err := s.persons(ctx)
	for _, p := range all {
		if p.Name == name {
			return camp.Answer{People: []camp.Person{p}}, err
		}
	}
	return camp.Answer{}, err
}

func (s *session) memberRemove(ctx context.Context, in camp.Intent) (camp.Answer, error) {
	return camp.Answer{}, s.node.People.Remove(ctx, s.node.Host(), in.Person, in.Erase)
}

func (s *session) token(ctx context.Context, in camp.Intent) (camp.Answer, error) {
	t, err := s.node.People.NewToken(ctx, s.node.Host(), in.Person, in.Scopes)
	return camp.Answer{Token: t}, err
}

func (s *session) rules(ctx context.Context, _ camp.Intent) (camp.Answer, error) {
	r, err := s.node.People.Rules(ctx)
	return camp.Answer{Rules: &r}, err
}

func (s *session) changeRules(ctx context.Context, in camp.Intent) (camp.Answer, error) {
	r, err := s.node.People.PublishRules(ctx, s.node.Host(), camp.RulesDraft{Texts: in.Texts, Small: in.Small, Hash: in.Hash})
	return camp.Answer{Rules: &r}, err
}

func (s *session) name(ctx context.Context, in camp.Intent) (camp.Answer, error) {
	return camp.Answer{}, s.node.People.SetCampName(ctx, s.node.Host(), in.Name)
}

// recovery tells the recovery phrase.
func (s *session) recovery(ctx context.Context, _ camp.Intent) (camp.Answer, error) {
	k, err := s.node.People.Keys(ctx)
	if err != nil {
		return camp.Answer{}, err
	}
	return camp.Answer{Phrase: string(k.Phrase.Reveal())}, nil
}

// absolute checks a path that a client of the socket sent.
func absolute(path string) error {
	if path == "" || !filepath.IsAbs(path) {
		return camp.NewFault(camp.Invalid, "program.path.say", nil)
	}
	return nil
}

// folderThere checks that a file can be made at path: its folder exists and
// nothing lies there yet.
func folderThere(path string) error {
	if err := absolute(path); err != nil {
		return err
	}
	if st, err := os.Stat(filepath.Dir(path)); err != nil || !st.IsDir() {
		return &camp.Fault{Kind: camp.NotFound, Say: "program.folder_missing.say", Args: map[string]string{"Folder": filepath.Dir(path)}, Err: err}
	}
	if _, err := os.Lstat(path); err == nil {
		return &camp.Fault{Kind: camp.Conflict, Say: "program.file_there.say", Args: map[string]string{"File": path}}
	}
	return nil
}
