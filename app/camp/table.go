package main

import (
	"context"
	"slices"
	"strings"

	"camp/node/camp"
)

// command is one line of the table of commands.
type command struct {
	path  string // words that name it, "" for the program alone
	args  string // words that follow: NAME needed, [NAME] optional
	flags string // flags it knows, besides --help
	run   func(context.Context, *env, call) error
}

const (
	serveFlags = "data json name host-user web tunnel tunnel-device lan domain https tls-cert tls-key acme-directory acme-ca acme-http http behind-proxy " +
		"lab-ca lab-allow-net lab-no-rate-limit"
	ctlFlags = "data json"
)

// table lists every command of the contract, in the order of the usage.
func table() []command {
	return []command{
		{path: "", args: "[LINK]", flags: "data hidden json", run: alone},
		{path: "serve", flags: serveFlags, run: serve},
		{path: "join", args: "[CODE]", flags: "data json name message web lan camp", run: join},
		{path: "ctl status", flags: ctlFlags, run: ctlStatus},
		{path: "ctl stop", flags: ctlFlags, run: ctlStop},
		{path: "ctl pause", args: "[TIME]", flags: ctlFlags, run: ctlPause},
		{path: "ctl resume", flags: ctlFlags, run: ctlResume},
		{path: "ctl link", flags: ctlFlags, run: ctlLink},
		{path: "ctl member list", flags: ctlFlags, run: ctlMemberList},
		{path: "ctl member add", args: "NAME", flags: ctlFlags + " role", run: ctlMemberAdd},
		{path: "ctl member back", args: "NAME", flags: ctlFlags + " expires", run: ctlMemberBack},
		{path: "ctl member link", args: "NAME", flags: ctlFlags, run: ctlMemberLink},
		{path: "ctl member role", args: "NAME ROLE", flags: ctlFlags, run: ctlMemberRole},
		{path: "ctl member remove", args: "NAME", flags: ctlFlags + " erase", run: ctlMemberRemove},
		{path: "ctl member removed", flags: ctlFlags, run: ctlMemberGone},
		{path: "ctl member undo", args: "NAME", flags: ctlFlags, run: ctlMemberUndo},
		{path: "ctl member ask", args: "NAME QUESTION", flags: ctlFlags, run: ctlMemberAsk},
		{path: "ctl member approve", args: "NAME", flags: ctlFlags, run: ctlMemberApprove},
		{path: "ctl member decline", args: "NAME", flags: ctlFlags + " reason", run: ctlMemberDecline},
		{path: "ctl member suspend", args: "NAME [TIME]", flags: ctlFlags, run: ctlMemberSuspend},
		{path: "ctl member return", args: "NAME", flags: ctlFlags, run: ctlMemberReturn},
		{path: "ctl device list", args: "NAME", flags: ctlFlags, run: ctlDeviceList},
		{path: "ctl device remove", args: "NAME SERIAL", flags: ctlFlags, run: ctlDeviceRemove},
		{path: "ctl device renew", args: "NAME SERIAL", flags: ctlFlags, run: ctlDeviceRenew},
		{path: "ctl keys renew", args: "[NAME]", flags: ctlFlags + " all", run: ctlKeysRenew},
		{path: "ctl token", args: "NAME", flags: ctlFlags + " scopes", run: ctlToken},
		{path: "ctl member stays", args: "NAME DAYS", flags: ctlFlags, run: ctlMemberStays},
		{path: "ctl member invites", args: "NAME NUMBER", flags: ctlFlags, run: ctlMemberInvites},
		{path: "ctl invite new", flags: ctlFlags + " uses expires phone note", run: ctlInviteNew},
		{path: "ctl invite list", flags: ctlFlags, run: ctlInviteList},
		{path: "ctl invite show", args: "ID", flags: ctlFlags, run: ctlInviteShow},
		{path: "ctl invite revoke", args: "ID", flags: ctlFlags, run: ctlInviteRevoke},
		{path: "ctl invite nearby", flags: ctlFlags, run: ctlInviteNearby},
		{path: "ctl invite nearby close", flags: ctlFlags, run: ctlNearbyClose},
		{path: "ctl block list", flags: ctlFlags, run: ctlBlockList},
		{path: "ctl block add", args: "DOMAIN", flags: ctlFlags + " level reason wide", run: ctlBlockAdd},
		{path: "ctl block remove", args: "DOMAIN", flags: ctlFlags, run: ctlBlockRemove},
		{path: "ctl block undo", args: "CHANGE", flags: ctlFlags + " all", run: ctlBlockUndo},
		{path: "ctl block reports", args: "DOMAIN take|refuse", flags: ctlFlags, run: ctlBlockReports},
		{path: "ctl block review", args: "DOMAIN 3|6|12|never", flags: ctlFlags, run: ctlBlockReview},
		{path: "ctl block preview", args: "DOMAIN", flags: ctlFlags, run: ctlBlockPreview},
		{path: "ctl block import", args: "FILE", flags: ctlFlags + " level preview", run: ctlBlockImport},
		{path: "ctl block export", args: "FILE", flags: ctlFlags, run: ctlBlockExport},
		{path: "ctl block lists", flags: ctlFlags, run: later("ctl.later.lists.say")},
		{path: "ctl block subscribe", args: "LIST", flags: ctlFlags, run: later("ctl.later.lists.say")},
		{path: "ctl block unsubscribe", args: "LIST", flags: ctlFlags, run: later("ctl.later.lists.say")},
		{path: "ctl report list", flags: ctlFlags, run: ctlReportList},
		{path: "ctl report resolve", args: "ID", flags: ctlFlags + " note answer", run: ctlReportResolve},
		{path: "ctl rules show", flags: ctlFlags, run: ctlRules},
		{path: "ctl rules propose", args: "FILE", flags: ctlFlags + " small", run: ctlRulesPropose},
		{path: "ctl rules votes", flags: ctlFlags, run: later("ctl.later.votes.say")},
		{path: "ctl neighbour code", flags: ctlFlags, run: later("ctl.later.neighbour.say")},
		{path: "ctl neighbour add", args: "CODE", flags: ctlFlags, run: later("ctl.later.neighbour.say")},
		{path: "ctl neighbour list", flags: ctlFlags, run: later("ctl.later.neighbour.say")},
		{path: "ctl neighbour remove", args: "NAME", flags: ctlFlags, run: later("ctl.later.neighbour.say")},
		{path: "ctl reach status", flags: ctlFlags, run: ctlReachStatus},
		{path: "ctl reach on", flags: ctlFlags, run: ctlReachOn},
		{path: "ctl reach off", flags: ctlFlags, run: ctlReachOff},
		{path: "ctl reach renew", flags: ctlFlags, run: ctlReachRenew},
		{path: "ctl reach end", args: "[DEVICES]", flags: ctlFlags, run: ctlReachEnd},
		{path: "ctl reach relay", args: "ADDR", flags: ctlFlags, run: later("ctl.later.relay.say")},
		{path: "ctl world on", args: "[DOMAIN]", flags: ctlFlags, run: ctlWorldOn},
		{path: "ctl world off", flags: ctlFlags, run: ctlWorldOff},
		{path: "ctl world check", args: "[DOMAIN]", flags: ctlFlags, run: ctlWorldCheck},
		{path: "ctl backup", args: "FILE", flags: ctlFlags, run: ctlBackup},
		{path: "ctl check", args: "FILE", flags: ctlFlags + " phrase-file", run: ctlCheck},
		{path: "ctl recovery", flags: ctlFlags, run: ctlRecovery},
		{path: "ctl recovery done", flags: ctlFlags, run: ctlRecoveryDone},
		{path: "ctl export", args: "NAME FILE", flags: ctlFlags, run: ctlExport},
		{path: "ctl set", args: "WHAT VALUE", flags: ctlFlags, run: ctlSet},
		{path: "ctl steps", args: "[STEP]", flags: ctlFlags, run: ctlSteps},
		{path: "ctl clock right", flags: ctlFlags, run: ctlClockRight},
		{path: "ctl room", flags: ctlFlags, run: ctlRoom},
		{path: "ctl friend", args: "[SYSTEM] [FILE]", flags: ctlFlags, run: ctlFriend},
		{path: "ctl contacts", flags: ctlFlags, run: ctlContacts},
		{path: "ctl camps list", flags: ctlFlags, run: ctlCampsList},
		{path: "ctl camps withdraw", args: "[ID]", flags: ctlFlags, run: ctlCampsWithdraw},
		{path: "ctl camps reply", args: "ANSWER [ID]", flags: ctlFlags, run: ctlCampsReply},
		{path: "ctl camps leave", args: "[ID]", flags: ctlFlags + " erase", run: ctlCampsLeave},
		{path: "ctl camps stay", args: "[ID]", flags: ctlFlags, run: ctlCampsStay},
		{path: "ctl camps forget", args: "ID", flags: ctlFlags, run: ctlCampsForget},
		{path: "ctl camps phone", args: "[ID]", flags: ctlFlags, run: ctlCampsPhone},
		{path: "ctl camps computer", args: "[ID]", flags: ctlFlags, run: ctlCampsComputer},
		{path: "ctl camps devices", args: "[ID]", flags: ctlFlags, run: ctlCampsDevices},
		{path: "ctl camps renew", args: "[ID]", flags: ctlFlags, run: ctlCampsRenew},
		{path: "ctl camps lost", args: "SERIAL [ID]", flags: ctlFlags, run: ctlCampsLost},
		{path: "restore", args: "FILE", flags: ctlFlags + " phrase-file replace", run: restore},
		{path: "rescue", args: "WHAT [FOLDER]", flags: ctlFlags + " phrase-file", run: rescue},
		{path: "relay", args: "[MORE...]", flags: "json", run: later("ctl.later.relay.say")},
		{path: "install", flags: "json", run: install},
		{path: "uninstall", flags: "json", run: uninstall},
		{path: "version", flags: "json data", run: version},
	}
}

// find gives the command that the words name and the words that follow it. The
// longest path wins.
func find(words []string) (command, []string, error) {
	if len(words) == 1 && isLink(words[0]) {
		return table()[0], words, nil
	}
	var best command
	found, deepest := len(words) == 0, -1
	for _, c := range table() {
		path := strings.Fields(c.path)
		if len(path) <= len(words) && len(path) > max(deepest, 0) && slices.Equal(path, words[:len(path)]) {
			best, found, deepest = c, true, len(path)
		}
	}
	if !found {
		return command{}, nil, usage("ctl.usage.command", "Command", strings.Join(words[:min(len(words), 3)], " "))
	}
	if deepest < 0 {
		return table()[0], nil, nil
	}
	return best, words[deepest:], nil
}

// isLink reports whether a word is a link "camp:…", as desktops hand it over.
func isLink(word string) bool {
	const scheme = "camp:"
	return len(word) > len(scheme) && strings.EqualFold(word[:len(scheme)], scheme)
}

// fits reports whether the words and flags are those that the command knows.
func (c command) fits(words []string, given call) error {
	least, most := 0, 0
	for _, a := range strings.Fields(c.args) {
		most++
		if a[0] != '[' {
			least++
		}
		if strings.HasSuffix(a, "...]") {
			most = 1 << 10
		}
	}
	switch {
	case len(words) > most && c.path == "serve" && given.has("lan") && given.get("lan") == "":
		return usage("ctl.usage.on_off", "Flag", "--lan", "Value", words[most])
	case len(words) < least:
		return usage("ctl.usage.missing", "What", strings.Fields(c.args)[len(words)])
	case len(words) > most:
		return usage("ctl.usage.extra", "What", words[most])
	}
	known := strings.Fields(c.flags)
	for f := range given.flags {
		if !slices.Contains(known, f) {
			return usage("ctl.usage.flag", "Flag", "--"+f)
		}
	}
	return nil
}

// later answers for what comes with a later version.
func later(say string) func(context.Context, *env, call) error {
	return func(context.Context, *env, call) error { return camp.NewFault(camp.NotAllowed, say, nil) }
}
