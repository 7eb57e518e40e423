package web

// deskRoutes are the pages for what else the window does: on a computer without
// the window they are all there is (desktop.md A7).
func deskRoutes() []route {
	return []route{
		{pattern: "POST /host/clock", need: host, do: (*visit).clockRight},
		{pattern: "POST /host/step", need: host, do: (*visit).hostStep},
		{pattern: "POST /host/reach/test", need: host, do: (*visit).testReach},
		{pattern: "GET /host/nearby", need: host, do: (*visit).nearby},
		{pattern: "POST /host/nearby", need: host, do: (*visit).nearbyDo, again: (*visit).nearbyAgain},
		{pattern: "GET /host/phone", need: host, do: (*visit).phone},
		{pattern: "POST /host/phone", need: host, do: (*visit).makePhone, again: (*visit).phoneAgain},
		{pattern: "GET /host/friend", need: host, do: (*visit).friend},
		{pattern: "GET /host/friend/program", need: host, do: (*visit).friendProgram},
		{pattern: "POST /host/people/{name}/export", need: host, do: (*visit).memberExport, again: (*visit).personAgain},
		{pattern: "POST /host/people/{name}/ends", need: host, do: (*visit).guestEnd, again: (*visit).personAgain},
		{pattern: "POST /host/people/{name}/invites", need: host, do: (*visit).memberInvites, again: (*visit).personAgain},
		{pattern: "POST /host/people/{name}/back", need: host, do: (*visit).memberBack, again: (*visit).personAgain},
		{pattern: "POST /host/settings/program", need: host, do: (*visit).saveProgram, again: (*visit).hostSettingsAgain},
		{pattern: "POST /host/settings/key", need: host, do: (*visit).wayKey, again: (*visit).hostSettingsAgain},
		{pattern: "GET /host/bring", need: host, do: (*visit).bring},
		{pattern: "POST /host/bring", need: host, do: (*visit).bringDo, again: (*visit).bringAgain},
		{pattern: "POST /host/end", need: host, do: (*visit).endCamp, again: (*visit).hostSettingsAgain},
		{pattern: "GET /host/world", need: host, do: (*visit).world},
		{pattern: "POST /host/world", need: host, do: (*visit).worldDo, again: (*visit).worldAgain},
		{pattern: "GET /host/camps", need: host, do: (*visit).hostCamps},
		{pattern: "POST /host/camps", need: host, do: (*visit).hostCampsJoin, again: (*visit).hostCampsAgain},
		{pattern: "POST /host/camps/{id}", need: host, do: (*visit).hostCampDo, again: (*visit).hostCampsAgain},
		{pattern: "GET /host/outside", need: host, do: (*visit).contacts},
	}
}
