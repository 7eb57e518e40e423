package store

import (
	"crypto/sha256"
	"encoding/binary"
	"time"

	"camp/node/camp"
)

// The rows of people, posts and media. Each kind that has an entry on the page
// "what this camp keeps" names its sentences; index rows hold nothing that
// their owner's row does not say, and have no entry of their own.

// The camp itself.
var (
	kHouse = declare(kind{
		prefix: "house/", value: "houseV1", writer: "rows_house.go",
		what: "kept.house.what", why: "kept.house.why", about: "kept.about.camp", readers: "kept.readers.joined", howLong: "kept.house.how_long",
	})
	kKeys = declare(kind{
		prefix: "campkeys/", value: "keysV1", writer: "rows_house.go",
		what: "kept.keys.what", why: "kept.keys.why", about: "kept.about.camp", readers: "kept.readers.host", howLong: "kept.house.how_long",
	})
	kRules = declare(kind{
		prefix: "rules/", key: "version", value: "rulesV1", writer: "rows_house.go",
		what: "kept.rules.what", why: "kept.rules.why", about: "kept.about.camp", readers: "kept.readers.joined", howLong: "kept.house.how_long",
	})
	kRulesNow  = declare(kind{prefix: "rulesnow/", value: "rulesNowV1", writer: "rows_house.go", rebuilt: true, index: true})
	kObjection = declare(kind{
		prefix: "objection/", key: "version of the rules, member id", writer: "rows_objection.go",
		what: "kept.objection.what", why: "kept.objection.why", about: "kept.about.member", readers: "kept.readers.nobody", howLong: "kept.objection.how_long",
	})
	kEntry = declare(kind{
		prefix: "log/", key: "entry id, newest first", value: "entryV1", writer: "rows_log.go",
		what: "kept.log.what", why: "kept.log.why", about: "kept.about.named", readers: "kept.readers.joined", howLong: "kept.log.how_long",
	})
	kEntryNamed = declare(kind{prefix: "lognamed/", key: "entry id", writer: "rows_log.go", index: true})
)

// People.
var (
	kMember = declare(kind{
		prefix: "member/", key: "member id", value: "memberV1", writer: "rows_people.go", counted: countAll,
		what: "kept.member.what", why: "kept.member.why", about: "kept.about.member", readers: "kept.readers.joined", howLong: "kept.member.how_long", export: true,
	})
	kName   = declare(kind{prefix: "name/", key: "handle", value: "member id", writer: "rows_people.go", rebuilt: true, index: true})
	kAgreed = declare(kind{
		prefix: "agreed/", key: "member id, version", value: "agreementV1", writer: "rows_people.go",
		what: "kept.agreed.what", why: "kept.agreed.why", about: "kept.about.member", readers: "kept.readers.self", howLong: "kept.agreed.how_long", export: true,
	})
	kSeen = declare(kind{
		prefix: "seen/", key: "member id", value: "seenV1", writer: "rows_people.go", loose: true,
		what: "kept.seen.what", why: "kept.seen.why", about: "kept.about.member", readers: "kept.readers.joined", howLong: "kept.seen.how_long",
	})
	kErasing = declare(kind{prefix: "erasing/", key: "member id", value: "erasingV1", writer: "rows_marks.go", index: true})
	kLink    = declare(kind{
		prefix: "link/", key: "hash of the secret", value: "linkV1", writer: "rows_access.go",
		what: "kept.link.what", why: "kept.link.why", about: "kept.about.member", readers: "kept.readers.nobody", howLong: "kept.link.how_long",
	})
	kLinkOf  = declare(kind{prefix: "linkof/", key: "member id, hash", writer: "rows_access.go", rebuilt: true, index: true})
	kSession = declare(kind{
		prefix: "session/", key: "hash of the cookie", value: "sessionV1", writer: "rows_access.go",
		what: "kept.session.what", why: "kept.session.why", about: "kept.about.member", readers: "kept.readers.self", howLong: "kept.session.how_long",
	})
	kSessionOf = declare(kind{prefix: "sessionof/", key: "member id, hash", writer: "rows_access.go", rebuilt: true, index: true})
	kToken     = declare(kind{
		prefix: "token/", key: "hash of the token", value: "tokenV1", writer: "rows_access.go",
		what: "kept.token.what", why: "kept.token.why", about: "kept.about.member", readers: "kept.readers.nobody", howLong: "kept.token.how_long",
	})
	kTokenOf = declare(kind{prefix: "tokenof/", key: "member id, hash", writer: "rows_access.go", rebuilt: true, index: true})
)

// Joining: invites, devices, and who asked.
var (
	kInvite = declare(kind{
		prefix: "invite/", key: "invite id", value: "inviteV1", writer: "rows_join.go",
		what: "kept.invite.what", why: "kept.invite.why", about: "kept.about.inviter", readers: "kept.readers.inviter", howLong: "kept.invite.how_long",
	})
	kDevice = declare(kind{
		prefix: "device/", key: "serial", value: "deviceV1", writer: "rows_join.go",
		what: "kept.device.what", why: "kept.device.why", about: "kept.about.member", readers: "kept.readers.helpers", howLong: "kept.device.how_long", export: true,
	})
	kDeviceOf   = declare(kind{prefix: "deviceof/", key: "member id, serial", writer: "rows_join.go", rebuilt: true, index: true})
	kDeviceKey  = declare(kind{prefix: "devicekey/", key: "public key", value: "serialV1", writer: "rows_join.go", rebuilt: true, index: true})
	kDeviceSeen = declare(kind{
		prefix: "deviceseen/", key: "serial", value: "seenV1", writer: "rows_join.go", loose: true,
		what: "kept.deviceseen.what", why: "kept.deviceseen.why", about: "kept.about.member", readers: "kept.readers.helpers", howLong: "kept.seen.how_long", export: true,
	})
	kSerial = declare(kind{prefix: "serial/", value: "serialV1", writer: "rows_join.go", index: true})
	kBuried = declare(kind{
		prefix: "buried/", key: "public key", value: "buriedV1", writer: "rows_join.go",
		what: "kept.buried.what", why: "kept.buried.why", about: "kept.about.former", readers: "kept.readers.nobody", howLong: "kept.house.how_long",
	})
	kAsked = declare(kind{
		prefix: "asked/", key: "member id", value: "askedV1", writer: "rows_join.go",
		what: "kept.asked.what", why: "kept.asked.why", about: "kept.about.applicant", readers: "kept.readers.helpers", howLong: "kept.asked.how_long",
	})
)

// The border: decisions about servers.
var (
	kBlock = declare(kind{
		prefix: "block/", key: "name of the server", value: "blockV1", writer: "rows_border.go",
		what: "kept.block.what", why: "kept.block.why", about: "kept.about.server", readers: "kept.readers.joined", howLong: "kept.block.how_long",
	})
	kBlockChange = declare(kind{
		prefix: "blockchange/", key: "id, newest first", value: "blockChangeV1", writer: "rows_border.go",
		what: "kept.blockchange.what", why: "kept.blockchange.why", about: "kept.about.server", readers: "kept.readers.keepers", howLong: "kept.blockchange.how_long",
	})
	kCutting = declare(kind{prefix: "cutting/", key: "name of the server", value: "cuttingV1", writer: "rows_cut.go", index: true})
	kSevered = declare(kind{
		prefix: "severed/", key: "who, whom", value: "severedV1", writer: "rows_cut.go",
		what: "kept.severed.what", why: "kept.severed.why", about: "kept.about.both", readers: "kept.readers.self", howLong: "kept.severed.how_long",
	})
	kSeveredTo = declare(kind{prefix: "severedto/", key: "whom, who", writer: "rows_cut.go", rebuilt: true, index: true})
	kResident  = declare(kind{prefix: "resident/", key: "server, its last word first, person id", writer: "rows_cut.go", rebuilt: true, index: true})
	kSighting  = declare(kind{
		prefix: "sighting/", key: "server, address", value: "sightingV1", writer: "rows_sighting.go", loose: true,
		what: "kept.sighting.what", why: "kept.sighting.why", about: "kept.about.server", readers: "kept.readers.nobody", howLong: "kept.sighting.how_long",
	})
	kWelcome = declare(kind{
		prefix: "welcome/", key: "member id, person id", value: "welcomeV1", writer: "rows_cut.go",
		what: "kept.welcome.what", why: "kept.welcome.why", about: "kept.about.both", readers: "kept.readers.self", howLong: "kept.welcome.how_long",
	})
)

// Posts. Those that start a thread and those that answer lie apart, so that the
// home of the camp is one unbroken range.
var (
	kPost = declare(kind{
		prefix: "post/", key: "post id, newest first", value: "postV1", writer: "rows_posts.go", counted: countMonthsDown,
		what: "kept.post.what", why: "kept.post.why", about: "kept.about.author", readers: "kept.readers.joined", howLong: "kept.post.how_long", export: true,
	})
	kReply = declare(kind{
		prefix: "reply/", key: "post id, newest first", value: "postV1", writer: "rows_posts.go", counted: countMonthsDown,
		what: "kept.reply.what", why: "kept.reply.why", about: "kept.about.author", readers: "kept.readers.joined", howLong: "kept.post.how_long", export: true,
	})
	kBy       = declare(kind{prefix: "by/", key: "member id, post id newest first", writer: "rows_posts.go", rebuilt: true, index: true})
	kTag      = declare(kind{prefix: "tag/", key: "tag, post id newest first", writer: "rows_posts.go", rebuilt: true, index: true})
	kThread   = declare(kind{prefix: "thread/", key: "root id, post id", value: "threadV1", writer: "rows_posts.go", rebuilt: true, index: true})
	kRevision = declare(kind{
		prefix: "revision/", key: "post id, number", value: "revisionV1", writer: "rows_posts.go",
		what: "kept.revision.what", why: "kept.revision.why", about: "kept.about.author", readers: "kept.readers.joined", howLong: "kept.with_post.how_long", export: true,
	})
	kOnce = declare(kind{
		prefix: "once/", key: "hour it ends, member id, hash of the key", value: "onceV1", writer: "rows_posts.go",
		what: "kept.once.what", why: "kept.once.why", about: "kept.about.author", readers: "kept.readers.nobody", howLong: "kept.once.how_long",
	})
	kDeleted = declare(kind{
		prefix: "deleted/", key: "time it was deleted, post id", writer: "rows_deleted.go",
		what: "kept.deleted.what", why: "kept.deleted.why", about: "kept.about.author", readers: "kept.readers.nobody", howLong: "kept.deleted.how_long",
	})
)

// Marks that people make on posts, and what they are told.
var (
	kFav = declare(kind{
		prefix: "fav/", key: "member id, post id newest first", value: "markV1", writer: "rows_marks.go",
		what: "kept.fav.what", why: "kept.fav.why", about: "kept.about.member", readers: "kept.readers.joined", howLong: "kept.fav.how_long", export: true,
	})
	kFavOf = declare(kind{prefix: "favof/", key: "post id, member id", writer: "rows_marks.go", rebuilt: true, index: true})
	kKept  = declare(kind{
		prefix: "kept/", key: "member id, post id newest first", value: "markV1", writer: "rows_marks.go",
		what: "kept.kept.what", why: "kept.kept.why", about: "kept.about.member", readers: "kept.readers.self", howLong: "kept.kept.how_long", export: true,
	})
	kKeptOf = declare(kind{prefix: "keptof/", key: "post id, member id", writer: "rows_marks.go", rebuilt: true, index: true})
	kNotice = declare(kind{
		prefix: "notice/", key: "member id, notice id newest first", value: "noticeV1", writer: "rows_notices.go",
		what: "kept.notice.what", why: "kept.notice.why", about: "kept.about.member", readers: "kept.readers.self", howLong: "kept.notice.how_long",
	})
	kNoticeOn = declare(kind{prefix: "noticeon/", key: "post id, member id, notice id newest first", writer: "rows_notices.go", rebuilt: true, index: true})
	kRead     = declare(kind{
		prefix: "read/", key: "member id", value: "readV1", writer: "rows_notices.go", loose: true,
		what: "kept.read.what", why: "kept.read.why", about: "kept.about.member", readers: "kept.readers.self", howLong: "kept.read.how_long",
	})
)

// Media and search.
var (
	kMedia = declare(kind{
		prefix: "media/", key: "media id", value: "mediaV1", writer: "rows_media.go",
		what: "kept.media.what", why: "kept.media.why", about: "kept.about.author", readers: "kept.readers.joined", howLong: "kept.media.how_long", export: true,
	})
	kMediaOf     = declare(kind{prefix: "mediaof/", key: "member id, media id", value: "mediaOfV1", writer: "rows_media.go", rebuilt: true, index: true})
	kMediaHash   = declare(kind{prefix: "mediahash/", key: "hash, media id", writer: "rows_media.go", rebuilt: true, index: true})
	kMediaFree   = declare(kind{prefix: "mediafree/", key: "time made, media id", writer: "rows_media.go", rebuilt: true, index: true})
	kMediaOrphan = declare(kind{prefix: "mediaorphan/", key: "hash", writer: "rows_media.go", index: true})
	kSieve       = declare(kind{
		prefix: "sieve/", key: "first post id, newest first", value: "sieveV1", writer: "rows_search.go", rebuilt: true,
		what: "kept.sieve.what", why: "kept.sieve.why", about: "kept.about.author", readers: "kept.readers.nobody", howLong: "kept.sieve.how_long",
	})
	kResift = declare(kind{prefix: "resift/", key: "post id", writer: "rows_search.go", rebuilt: true, index: true})
)

// People elsewhere, who follows whom, and what came from there.
var (
	kRemote = declare(kind{
		prefix: "remote/", key: "person id", value: "remoteV1", writer: "rows_remote.go",
		what: "kept.remote.what", why: "kept.remote.why", about: "kept.about.elsewhere", readers: "kept.readers.joined", howLong: "kept.remote.how_long",
	})
	kRemoteURI  = declare(kind{prefix: "remoteuri/", key: "hash of the account's id", value: "person id", writer: "rows_remote.go", rebuilt: true, index: true})
	kRemoteName = declare(kind{prefix: "remotename/", key: "handle with server", value: "person id", writer: "rows_remote.go", rebuilt: true, index: true})
	kRemoteHost = declare(kind{prefix: "remotehost/", key: "server, person id", writer: "rows_remote.go", rebuilt: true, index: true})
	kFollow     = declare(kind{
		prefix: "follow/", key: "who, whom", value: "followV1", writer: "rows_follow.go",
		what: "kept.follow.what", why: "kept.follow.why", about: "kept.about.both", readers: "kept.readers.both", howLong: "kept.follow.how_long", export: true,
	})
	kFollower = declare(kind{prefix: "follower/", key: "whom, who", value: "followV1", writer: "rows_follow.go", rebuilt: true, index: true})
	kFar      = declare(kind{
		prefix: "far/", key: "post id, newest first", value: "postV1", writer: "rows_posts.go", counted: countMonthsDown,
		what: "kept.far.what", why: "kept.far.why", about: "kept.about.elsewhere", readers: "kept.readers.joined", howLong: "kept.far.how_long",
	})
	kFarURI = declare(kind{prefix: "faruri/", key: "hash of the post's id", value: "post id", writer: "rows_far.go", rebuilt: true, index: true})
	kBoost  = declare(kind{prefix: "boost/", key: "post id, who passes it on", value: "post id of the boost", writer: "rows_far.go", rebuilt: true, index: true})
	kWaits  = declare(kind{prefix: "waits/", key: "hash of an id elsewhere, id of the post that names it", writer: "rows_waits.go", rebuilt: true, index: true})
	kAct    = declare(kind{prefix: "act/", key: "hash of a like's id", value: "post id", writer: "rows_waits.go", rebuilt: true, index: true})
	kPin    = declare(kind{prefix: "pin/", key: "person id, post id", writer: "rows_waits.go", index: true})
	// When it is asked whether anybody here holds on to what came from elsewhere, and by what.
	kDuePost = declare(kind{prefix: "duepost/", key: "day, post id", writer: "rows_due.go", rebuilt: true, index: true})
	kDueFace = declare(kind{prefix: "dueface/", key: "day, person id", writer: "rows_due.go", rebuilt: true, index: true})
	kDueOf   = declare(kind{prefix: "dueof/", key: "kind of the row that says so, id", value: "day", writer: "rows_due.go", rebuilt: true, index: true})
	kNames   = declare(kind{prefix: "names/", key: "person id, post id", writer: "rows_due.go", rebuilt: true, index: true})
	kShows   = declare(kind{prefix: "shows/", key: "post id, id of the post that shows it", writer: "rows_due.go", rebuilt: true, index: true})

	kWanted = declare(kind{
		prefix: "wanted/", key: "name of the server, hash of what is wanted", value: "wantedV1", writer: "rows_wanted.go", loose: true,
		what: "kept.wanted.what", why: "kept.wanted.why", about: "kept.about.elsewhere", readers: "kept.readers.nobody", howLong: "kept.wanted.how_long",
	})
	kReport = declare(kind{
		prefix: "report/", key: "report id", value: "reportV1", writer: "rows_report.go",
		what: "kept.report.what", why: "kept.report.why", about: "kept.about.member", readers: "kept.readers.keepers", howLong: "kept.report.how_long",
	})
	// Conversations by letters, as each person has them.
	kTalk   = declare(kind{prefix: "talk/", key: "member id, newest letter first", value: "first letter", writer: "rows_talk.go", rebuilt: true, index: true})
	kTalkIn = declare(kind{prefix: "talkin/", key: "member id, first letter, letter newest first", writer: "rows_talk.go", rebuilt: true, index: true})
	kTalkOf = declare(kind{prefix: "talkof/", key: "member id, letter", value: "first letter", writer: "rows_talk.go", rebuilt: true, index: true})

	kTalkRead = declare(kind{
		prefix: "talkread/", key: "member id, first letter", value: "talkReadV1", writer: "rows_talk.go", loose: true,
		what: "kept.talkread.what", why: "kept.talkread.why", about: "kept.about.member", readers: "kept.readers.self", howLong: "kept.talkread.how_long",
	})

	kHome  = declare(kind{prefix: "home/", key: "member id, post id newest first", writer: "rows_far.go", rebuilt: true, index: true})
	kHeard = declare(kind{
		prefix: "heard/", key: "month, hash of an act's id", writer: "rows_far.go",
		what: "kept.heard.what", why: "kept.heard.why", about: "kept.about.elsewhere", readers: "kept.readers.nobody", howLong: "kept.heard.how_long",
	})
	kVote = declare(kind{
		prefix: "vote/", key: "post id, person id", value: "voteV1", writer: "rows_far.go",
		what: "kept.vote.what", why: "kept.vote.why", about: "kept.about.member", readers: "kept.readers.self", howLong: "kept.with_post.how_long",
	})
	kPolling = declare(kind{prefix: "polling/", key: "post id", value: "pollingV1", writer: "rows_polling.go", index: true})
	kErrand  = declare(kind{
		prefix: "errand/", key: "errand id", value: "errandV1", writer: "rows_errand.go",
		what: "kept.errand.what", why: "kept.errand.why", about: "kept.about.member", readers: "kept.readers.nobody", howLong: "kept.errand.how_long",
	})
	kLetter = declare(kind{
		prefix: "letter/", key: "letter id", value: "letterV1", writer: "rows_letter.go", loose: true,
		what: "kept.letter.what", why: "kept.letter.why", about: "kept.about.member", readers: "kept.readers.nobody", howLong: "kept.letter.how_long",
	})
	kOrder = declare(kind{
		prefix: "order/", key: "letter id, half the hash of the inbox", value: "orderV1", writer: "rows_letter.go", loose: true,
		what: "kept.order.what", why: "kept.order.why", about: "kept.about.elsewhere", readers: "kept.readers.nobody", howLong: "kept.letter.how_long",
	})
	kRoad = declare(kind{
		prefix: "road/", key: "name of the server", value: "roadV1", writer: "rows_letter.go", loose: true,
		what: "kept.road.what", why: "kept.road.why", about: "kept.about.server", readers: "kept.readers.keepers", howLong: "kept.road.how_long",
	})
	kReached = declare(kind{
		prefix: "reached/", key: "member id, half the hash of the inbox", value: "reachedV1", writer: "rows_told.go",
		what: "kept.reached.what", why: "kept.reached.why", about: "kept.about.member", readers: "kept.readers.nobody", howLong: "kept.actorkey.how_long",
	})
	kFarewell = declare(kind{
		prefix: "farewell/", key: "member id", value: "farewellV1", writer: "rows_told.go",
		what: "kept.farewell.what", why: "kept.farewell.why", about: "kept.about.former", readers: "kept.readers.nobody", howLong: "kept.house.how_long",
	})
	kStamp = declare(kind{
		prefix: "stamp/", key: "stamp id", value: "stampV1", writer: "rows_stamp.go",
		what: "kept.stamp.what", why: "kept.stamp.why", about: "kept.about.both", readers: "kept.readers.joined", howLong: "kept.with_post.how_long",
	})
	kStampOf  = declare(kind{prefix: "stampof/", key: "post id, stamp id", writer: "rows_stamp.go", rebuilt: true, index: true})
	kOpen     = declare(kind{prefix: "open/", key: "member id, post id newest first", value: "audience", writer: "rows_told.go", rebuilt: true, index: true})
	kActorKey = declare(kind{
		prefix: "actorkey/", key: "member id, 0 for the camp", value: "actorKeyV1", writer: "rows_errand.go",
		what: "kept.actorkey.what", why: "kept.actorkey.why", about: "kept.about.member", readers: "kept.readers.nobody", howLong: "kept.actorkey.how_long",
	})
	kApart = declare(kind{
		prefix: "apart/", key: "who, whom", value: "apartV1", writer: "rows_follow.go",
		what: "kept.apart.what", why: "kept.apart.why", about: "kept.about.both", readers: "kept.readers.self", howLong: "kept.apart.how_long", export: true,
	})
)

// Lists of people that members bring as files, until they are taken in.
var (
	kImport = declare(kind{
		prefix: "import/", key: "member id, import id", value: "importV1", writer: "rows_import.go",
		what: "kept.import.what", why: "kept.import.why", about: "kept.about.member", readers: "kept.readers.self", howLong: "kept.import.how_long",
	})
	kImportRow = declare(kind{
		prefix: "importrow/", key: "import id, times tried, line", value: "importRowV1", writer: "rows_import.go",
		what: "kept.importrow.what", why: "kept.importrow.why", about: "kept.about.elsewhere", readers: "kept.readers.self", howLong: "kept.import.how_long",
	})
)

// idAt reads the 8-byte key part at offset n as up wrote it, idDownAt as down did.
func idAt[T ~uint64](key []byte, n int) T     { return T(binary.BigEndian.Uint64(key[n:])) }
func idDownAt[T ~uint64](key []byte, n int) T { return T(^binary.BigEndian.Uint64(key[n:])) }

// lastID reads the id at the end of a key.
func lastID[T ~uint64](key []byte) T     { return idAt[T](key, len(key)-8) }
func lastDownID[T ~uint64](key []byte) T { return idDownAt[T](key, len(key)-8) }

// tail gives what follows the first n bytes after the kind's prefix.
func (k *kind) tail(key []byte, n int) string { return string(key[len(k.prefix)+n:]) }

// onceKey is the row of an idempotency key whose hour is over at until.
func onceKey(until time.Time, m camp.MemberID, key string) []byte {
	sum := sha256.Sum256([]byte(key))
	return kOnce.at(onceHour(until), up(m), sum[:16])
}

func onceHour(t time.Time) []byte { return up(uint64(max(t.Unix(), 0) / 3600)) }

// timeKey sorts by time, oldest first, to the millisecond.
func timeKey(t time.Time) []byte { return up(uint64(max(t.UnixMilli(), 0))) }
