package web

import (
	"net/http"

	"camp/node/camp"
)

// need is the right that a route asks for.
type need uint8

const (
	open    need = iota // anybody; shows nothing of the camp's inside
	joined              // somebody with a session
	helping             // the host or a helper
	host                // the host, where the listener has host's pages
)

// form says what a POST carries.
type form uint8

const (
	plain  form = iota // url-encoded, small
	upload             // multipart, streamed
	paper              // multipart with one small file that is read whole
)

// route is one line of the table of pages.
type route struct {
	pattern string // of http.ServeMux
	need    need
	form    form
	do      func(*visit) error
	// again shows the form once more with what was typed and why it was refused; nil: the page for faults.
	again func(*visit, *camp.Fault) error
}

// The forms by which a member says who they are, and sets their picture.
const (
	profilePattern = "POST /me"
	facePattern    = "POST /me/picture"
)

// table lists every route of the site.
func (s *Site) table() []route {
	all := []route{
		{pattern: "GET /static/{file}", need: open, do: (*visit).file},
		{pattern: "GET /in/{secret}", need: open, do: (*visit).comeIn},
		{pattern: "/", need: joined, do: (*visit).nowhere},
	}
	for _, more := range [][]route{postRoutes(), peopleRoutes(), joiningRoutes(), hostRoutes(), deskRoutes(), trayRoutes(), farRoutes(), reportRoutes(), pinRoutes(), letterRoutes()} {
		all = append(all, more...)
	}
	return all
}

func postRoutes() []route {
	return []route{
		{pattern: "GET /{$}", need: joined, do: (*visit).home},
		{pattern: "POST /post", need: joined, form: upload, do: (*visit).write, again: (*visit).writeAgain},
		{pattern: "GET /post/{id}", need: joined, do: (*visit).thread},
		{pattern: "GET /post/{id}/edit", need: joined, do: (*visit).edit},
		{pattern: "POST /post/{id}/edit", need: joined, form: upload, do: (*visit).saveEdit, again: (*visit).editAgain},
		{pattern: "GET /post/{id}/history", need: joined, do: (*visit).history},
		{pattern: "GET /post/{id}/likes", need: joined, do: (*visit).likes},
		{pattern: "GET /post/{id}/delete", need: joined, do: (*visit).askDelete},
		{pattern: "POST /post/{id}/delete", need: joined, do: (*visit).erase},
		{pattern: "POST /post/{id}/like", need: joined, do: (*visit).like},
		{pattern: "POST /post/{id}/keep", need: joined, do: (*visit).keep},
		{pattern: "GET /home", need: joined, do: (*visit).line},
		{pattern: "POST /post/{id}/boost", need: joined, do: (*visit).boost},
		{pattern: "POST /post/{id}/vote", need: joined, do: (*visit).vote, again: (*visit).voteAgain},
		{pattern: "GET /post/{id}/narrow", need: joined, do: (*visit).askNarrow},
		{pattern: "POST /post/{id}/narrow", need: joined, do: (*visit).narrow, again: (*visit).narrowAgain},
		{pattern: "GET /for-you", need: joined, do: (*visit).forYou},
		{pattern: "POST /for-you/read", need: joined, do: (*visit).markRead},
		{pattern: "GET /kept-posts", need: joined, do: (*visit).keptPosts},
		{pattern: "GET /liked", need: joined, do: (*visit).liked},
		{pattern: "GET /tag/{tag}", need: joined, do: (*visit).tag},
		{pattern: "GET /search", need: joined, do: (*visit).search},
		{pattern: "GET /media/{id}", need: joined, do: (*visit).media},
		{pattern: "GET /media/{id}/small", need: joined, do: (*visit).mediaSmall},
		{pattern: "GET /media/far/{id}/{n}", need: joined, do: (*visit).farMedia},
		{pattern: "GET /media/far/{id}/{n}/small", need: joined, do: (*visit).farMediaSmall},
		{pattern: "GET /media/emoji/{id}/{n}", need: joined, do: (*visit).postEmoji},
		{pattern: "GET /media/face/{id}/picture", need: joined, do: (*visit).farFace},
		{pattern: "GET /media/faceemoji/{id}/{n}", need: joined, do: (*visit).faceEmoji},
		{pattern: "GET /live", need: joined, do: (*visit).live},
		{pattern: "GET /part/posts", need: joined, do: (*visit).partPosts},
	}
}

func peopleRoutes() []route {
	return []route{
		{pattern: "GET /people", need: joined, do: (*visit).people},
		{pattern: "GET /{at}", need: joined, do: (*visit).profile},
		{pattern: "GET /small", need: joined, do: (*visit).small},
		{pattern: "GET /rules", need: joined, do: (*visit).rules},
		{pattern: "POST /rules", need: joined, do: (*visit).agree, again: (*visit).agreeAgain},
		{pattern: "POST /rules/object", need: joined, do: (*visit).object, again: (*visit).agreeAgain},
		{pattern: "GET /kept", need: joined, do: (*visit).kept},
		{pattern: "GET /log", need: joined, do: (*visit).log},
		{pattern: "GET /me", need: joined, do: (*visit).settings},
		{pattern: profilePattern, need: joined, do: (*visit).saveMe, again: (*visit).meAgain},
		{pattern: facePattern, need: joined, form: upload, do: (*visit).saveFace, again: (*visit).meAgain},
		{pattern: "POST /me/picture/remove", need: joined, do: (*visit).dropFace},
		{pattern: "POST /me/link", need: joined, do: (*visit).newLink},
		{pattern: "POST /me/help", need: joined, do: (*visit).answerOffer, again: (*visit).meAgain},
		{pattern: "POST /me/end", need: joined, do: (*visit).endSession},
		{pattern: "POST /me/out", need: joined, do: (*visit).signOut},
		{pattern: "GET /me/export", need: joined, do: (*visit).export},
		{pattern: "GET /me/leave", need: joined, do: (*visit).askLeave},
		{pattern: "POST /me/leave", need: joined, do: (*visit).leave, again: (*visit).leaveAgain},
		{pattern: "POST /me/stay", need: joined, do: (*visit).stay, again: (*visit).leaveAgain},
	}
}

// joiningRoutes are about who comes in and who stays outside.
func joiningRoutes() []route {
	return []route{
		{pattern: "GET /invites", need: joined, do: (*visit).invites},
		{pattern: "POST /invites", need: joined, do: (*visit).makeInvite, again: (*visit).invitesAgain},
		{pattern: "GET /invites/{id}", need: joined, do: (*visit).invite},
		{pattern: "GET /invites/{id}/code.png", need: joined, do: (*visit).inviteCode},
		{pattern: "POST /invites/{id}/cancel", need: joined, do: (*visit).cancelInvite, again: (*visit).invitesAgain},
		{pattern: "POST /waiting/{name}/in", need: helping, do: (*visit).letIn, again: (*visit).invitesAgain},
		{pattern: "GET /waiting/{name}/no", need: helping, do: (*visit).askNo},
		{pattern: "POST /waiting/{name}/no", need: helping, do: (*visit).sayNo, again: (*visit).invitesAgain},
		{pattern: "GET /waiting/{name}/ask", need: helping, do: (*visit).askBack},
		{pattern: "POST /waiting/{name}/ask", need: helping, do: (*visit).putQuestion, again: (*visit).askBackAgain},
		{pattern: "GET /me/devices", need: joined, do: (*visit).devices},
		{pattern: "POST /me/devices", need: joined, do: (*visit).addComputer, again: (*visit).devicesAgain},
		{pattern: "POST /me/devices/{serial}/gone", need: joined, do: (*visit).deviceGone, again: (*visit).devicesAgain},
		{pattern: "GET /blocks", need: joined, do: (*visit).blocks},
		{pattern: "POST /blocks", need: helping, do: (*visit).block, again: (*visit).blocksAgain},
		{pattern: "POST /blocks/lift", need: helping, do: (*visit).unblock, again: (*visit).blocksAgain},
		{pattern: "POST /blocks/review", need: helping, do: (*visit).reviewBlock, again: (*visit).blocksAgain},
		{pattern: "POST /blocks/undo", need: helping, do: (*visit).undoBlock, again: (*visit).blocksAgain},
		{pattern: "POST /blocks/reports", need: helping, do: (*visit).blockReports, again: (*visit).blocksAgain},
	}
}

func hostRoutes() []route {
	return []route{
		{pattern: "GET /host", need: host, do: (*visit).host},
		{pattern: "POST /host/room", need: host, do: (*visit).makeRoom},
		{pattern: "POST /host/pause", need: host, do: (*visit).pause},
		{pattern: "POST /host/reach", need: host, do: (*visit).saveReach},
		{pattern: "GET /host/people", need: host, do: (*visit).hostPeople},
		{pattern: "POST /host/people", need: host, do: (*visit).addMember, again: (*visit).addAgain},
		{pattern: "GET /host/people/{name}", need: host, do: (*visit).hostPerson},
		{pattern: "POST /host/people/{name}/link", need: host, do: (*visit).memberLink},
		{pattern: "POST /host/people/{name}/role", need: host, do: (*visit).memberRole, again: (*visit).personAgain},
		{pattern: "POST /host/people/{name}/break", need: host, do: (*visit).memberBreak, again: (*visit).personAgain},
		{pattern: "POST /host/people/{name}/device", need: host, do: (*visit).memberDevice, again: (*visit).personAgain},
		{pattern: "POST /host/people/{name}/remove", need: host, do: (*visit).memberRemove, again: (*visit).personAgain},
		{pattern: "GET /host/gone", need: host, do: (*visit).goners},
		{pattern: "POST /host/gone/{name}/undo", need: host, do: (*visit).undoRemoval, again: (*visit).gonersAgain},
		{pattern: "GET /host/backups", need: host, do: (*visit).backups},
		{pattern: "POST /host/backups/now", need: host, do: (*visit).backupNow, again: (*visit).backupsAgain},
		{pattern: "POST /host/backups/check", need: host, do: (*visit).backupCheck, again: (*visit).backupsAgain},
		{pattern: "POST /host/backups/plan", need: host, do: (*visit).backupPlan, again: (*visit).backupsAgain},
		{pattern: "GET /host/recovery", need: host, do: (*visit).recovery},
		{pattern: "GET /host/recovery/code.png", need: host, do: (*visit).recoveryCode},
		{pattern: "POST /host/recovery", need: host, do: (*visit).recoveryDone},
		{pattern: "GET /host/log", need: host, do: (*visit).log},
		{pattern: "GET /host/rules", need: host, do: (*visit).hostRules},
		{pattern: "POST /host/rules", need: host, do: (*visit).changeRules, again: (*visit).hostRulesAgain},
		{pattern: "GET /host/settings", need: host, do: (*visit).hostSettings},
		{pattern: "POST /host/settings/name", need: host, do: (*visit).saveName, again: (*visit).hostSettingsAgain},
		{pattern: "POST /host/settings/apps", need: host, do: (*visit).saveApps, again: (*visit).hostSettingsAgain},
		{pattern: "POST /host/settings", need: host, do: (*visit).saveSettings, again: (*visit).hostSettingsAgain},
	}
}

// serve wraps a route in everything that goes before it.
func (s *Site) serve(rt route) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		v := &visit{s: s, w: w, r: r, route: rt}
		v.answer()
	}
}
