package clientapi

// routes are all addresses of the API (client-api.md 4 to 10).
func routes() []route {
	var all []route
	for _, more := range [][]route{
		openRoutes(), startRoutes(), accountRoutes(), relationRoutes(), statusRoutes(), timelineRoutes(), noticeRoutes(), mediaRoutes(), conversationRoutes(),
	} {
		all = append(all, more...)
	}
	return all
}

func get(path, scope string, do func(*call) error) route {
	return route{method: "GET", path: path, scope: scope, do: do}
}

func post(path, scope string, do func(*call) error) route {
	return route{method: "POST", path: path, scope: scope, do: do}
}

// openRoutes say what anybody may know, who has not even a token.
func openRoutes() []route {
	open := func(path string, do func(*call) error) route {
		return route{method: "GET", path: path, open: true, do: do}
	}
	picture := func(path string, do func(*call) error) route {
		return route{method: "GET", path: path, strange: true, do: do}
	}
	return []route{
		open("/health", (*call).health),
		open("/api/v1/instance", (*call).instanceOld),
		open("/api/v2/instance", (*call).instance),
		open("/api/v1/instance/rules", (*call).rules),
		open("/api/v1/instance/extended_description", (*call).description),
		open("/api/v1/instance/privacy_policy", (*call).privacy),
		open("/api/v1/instance/translation_languages", (*call).emptyObject),
		open("/api/v1/custom_emojis", (*call).emptyList),
		picture(filePath+":ticket/:id/:size", (*call).file),
		picture(farPath+":ticket/:of/:id/:name/:size", (*call).farMedia),
		picture(facePath+":n", (*call).plainFace),
		picture(bannerPath, (*call).plainBanner),
		picture(iconPath, (*call).icon),
	}
}

// startRoutes are what apps ask when they start, or when a screen opens, and to
// which a camp has nothing to say yet. Without them apps call it broken.
func startRoutes() []route {
	nothing := func(path, scope string) route { return get(path, scope, (*call).emptyList) }
	return []route{
		nothing("/api/v1/instance/peers", "read"),
		nothing("/api/v1/instance/activity", "read"),
		nothing("/api/v1/instance/domain_blocks", "read"),
		nothing("/api/v1/announcements", "read"),
		nothing("/api/v1/directory", "read:accounts"),
		nothing("/api/v1/domain_blocks", "read:blocks"),
		nothing("/api/v1/endorsements", "read:accounts"),
		nothing("/api/v1/featured_tags", "read:accounts"),
		nothing("/api/v1/featured_tags/suggestions", "read:accounts"),
		nothing("/api/v1/filters", "read:filters"),
		nothing("/api/v2/filters", "read:filters"),
		nothing("/api/v1/followed_tags", "read:follows"),
		nothing("/api/v1/lists", "read:lists"),
		nothing("/api/v1/scheduled_statuses", "read:statuses"),
		nothing("/api/v1/suggestions", "read:accounts"),
		nothing("/api/v2/suggestions", "read:accounts"),
		nothing("/api/v1/trends", "read"),
		nothing("/api/v1/trends/tags", "read"),
		nothing("/api/v1/trends/statuses", "read"),
		nothing("/api/v1/trends/links", "read"),
		nothing("/api/v1/notifications/requests", "read:notifications"),
		nothing("/api/v1/accounts/:id/featured_tags", "read:accounts"),
		nothing("/api/v1/accounts/:id/lists", "read:lists"),
		nothing("/api/v1/accounts/:id/endorsements", "read:accounts"),
		nothing("/api/v1/accounts/:id/identity_proofs", "read:accounts"),
		get("/api/v1/accounts/familiar_followers", "read:follows", (*call).familiar),
		get("/api/v1/notifications/policy", "read:notifications", (*call).policyOld),
		get("/api/v2/notifications/policy", "read:notifications", (*call).policy),
		get("/api/v1/preferences", "read:accounts", (*call).preferences),
		get("/api/v1/markers", "read:statuses", (*call).emptyObject), // todo(spec): client-api.md 7 wants reading positions kept
		get("/api/v1/tags/:name", "read", (*call).tagOf),
	}
}

func accountRoutes() []route {
	return []route{
		get("/api/v1/accounts", "read:accounts", (*call).accounts),
		get("/api/v1/accounts/verify_credentials", "read:accounts", (*call).verify),
		get("/api/v1/accounts/lookup", "read:accounts", (*call).lookup),
		get("/api/v1/accounts/search", "read:accounts", (*call).searchAccounts),
		get("/api/v1/accounts/relationships", "read:follows", (*call).relationships),
		get("/api/v1/accounts/:id", "read:accounts", (*call).accountByID),
		get("/api/v1/accounts/:id/statuses", "read:statuses", (*call).statusesOf),
		get("/api/v1/accounts/:id/followers", "read:accounts", (*call).followers),
		get("/api/v1/accounts/:id/following", "read:accounts", (*call).following),
		get("/api/v2/search", "read:search", (*call).search),
	}
}

func relationRoutes() []route {
	return []route{
		post("/api/v1/accounts/:id/follow", "write:follows", (*call).follow),
		post("/api/v1/accounts/:id/unfollow", "write:follows", (*call).unfollow),
		post("/api/v1/accounts/:id/remove_from_followers", "write:follows", (*call).reject),
		post("/api/v1/accounts/:id/block", "write:blocks", (*call).block),
		post("/api/v1/accounts/:id/unblock", "write:blocks", (*call).unblock),
		post("/api/v1/accounts/:id/mute", "write:mutes", (*call).mute),
		post("/api/v1/accounts/:id/unmute", "write:mutes", (*call).unmute),
		post("/api/v1/reports", "write:reports", (*call).report),
		get("/api/v1/blocks", "read:blocks", (*call).blocks),
		get("/api/v1/mutes", "read:mutes", (*call).mutes),
		get("/api/v1/follow_requests", "read:follows", (*call).followRequests),
		post("/api/v1/follow_requests/:id/authorize", "write:follows", (*call).authorize),
		post("/api/v1/follow_requests/:id/reject", "write:follows", (*call).reject),
	}
}

func statusRoutes() []route {
	return []route{
		post("/api/v1/statuses", "write:statuses", (*call).write),
		get("/api/v1/statuses", "read:statuses", (*call).statusesByID),
		get("/api/v1/statuses/:id", "read:statuses", (*call).statusByID),
		{method: "PUT", path: "/api/v1/statuses/:id", scope: "write:statuses", do: (*call).edit},
		{method: "DELETE", path: "/api/v1/statuses/:id", scope: "write:statuses", do: (*call).erase},
		get("/api/v1/statuses/:id/context", "read:statuses", (*call).context),
		get("/api/v1/statuses/:id/source", "read:statuses", (*call).source),
		get("/api/v1/statuses/:id/history", "read:statuses", (*call).history),
		get("/api/v1/statuses/:id/favourited_by", "read:accounts", (*call).favouritedBy),
		get("/api/v1/statuses/:id/reblogged_by", "read:accounts", (*call).rebloggedBy),
		post("/api/v1/statuses/:id/favourite", "write:favourites", (*call).favourite),
		post("/api/v1/statuses/:id/unfavourite", "write:favourites", (*call).unfavourite),
		post("/api/v1/statuses/:id/bookmark", "write:bookmarks", (*call).bookmark),
		post("/api/v1/statuses/:id/unbookmark", "write:bookmarks", (*call).unbookmark),
		post("/api/v1/statuses/:id/reblog", "write:statuses", (*call).reblog),
		post("/api/v1/statuses/:id/unreblog", "write:statuses", (*call).unreblog),
		post("/api/v1/statuses/:id/pin", "write:accounts", (*call).pin),
		post("/api/v1/statuses/:id/unpin", "write:accounts", (*call).unpin),
		get("/api/v1/polls/:id", "read:statuses", (*call).pollByID),
		post("/api/v1/polls/:id/votes", "write:statuses", (*call).vote),
	}
}

func timelineRoutes() []route {
	return []route{
		get("/api/v1/timelines/home", "read:statuses", (*call).home),
		get("/api/v1/timelines/public", "read:statuses", (*call).public),
		get("/api/v1/timelines/tag/:tag", "read:statuses", (*call).tagged),
		get("/api/v1/favourites", "read:favourites", (*call).favourites),
		get("/api/v1/bookmarks", "read:bookmarks", (*call).bookmarks),
	}
}

func noticeRoutes() []route {
	return []route{
		get("/api/v1/notifications", "read:notifications", (*call).notices),
		get("/api/v1/notifications/unread_count", "read:notifications", (*call).unread),
		get("/api/v1/notifications/:id", "read:notifications", (*call).notice),
		post("/api/v1/notifications/clear", "write:notifications", (*call).clear),
		post("/api/v1/notifications/:id/dismiss", "write:notifications", (*call).dismiss),
	}
}

func mediaRoutes() []route {
	return []route{
		{method: "POST", path: "/api/v1/media", scope: "write:media", upload: true, do: (*call).upload},
		{method: "POST", path: "/api/v2/media", scope: "write:media", upload: true, do: (*call).upload},
		get("/api/v1/media/:id", "write:media", (*call).mediaByID),
		{method: "PUT", path: "/api/v1/media/:id", scope: "write:media", do: (*call).describe},
	}
}
