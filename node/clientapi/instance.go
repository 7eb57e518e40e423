package clientapi

import (
	"strconv"
	"strings"
	"time"

	"camp/node/camp"
	"camp/node/posts"
)

// version begins with three numbers of the protocol: apps decide by them what to
// offer, and some fail without (client-api.md 2).
const version = "4.3.0 (compatible; Camp " + camp.Version + ")"

// apiVersion is what Mastodon counts in api_versions: 2 would promise grouped notifications.
const apiVersion = 1

const (
	maxUploadBytes = 16 << 20
	maxPixels      = 40_000_000
)

var pictureTypes = []string{"image/jpeg", "image/png", "image/gif", "image/webp"}

// about is what an answer about the camp is made of.
type about struct {
	house   camp.House
	rules   camp.Rules
	members int // 0 for somebody unknown
	host    person
	hosted  bool
}

func (c *call) about() (a about, err error) {
	if a.house, err = c.a.o.People.House(c.ctx()); err != nil {
		return a, err
	}
	if a.rules, err = c.a.o.People.Rules(c.ctx()); err != nil {
		return a, err
	}
	if c.known() {
		all, err := c.a.o.People.Members(c.ctx())
		if err != nil {
			return a, err
		}
		a.members = len(all)
	}
	a.host, a.hosted, err = c.host(a.house)
	return a, err
}

func (c *call) instance() error {
	a, err := c.about()
	if err != nil {
		return err
	}
	o := c.out
	o.open('{')
	o.str("domain", a.house.Address())
	o.str("title", a.house.Name)
	o.str("version", version)
	o.str("source_url", c.base) // must be an address
	o.str("description", "")
	o.object("usage")
	o.object("users")
	o.num("active_month", a.members)
	o.close('}')
	o.close('}')
	o.object("thumbnail")
	o.str("url", c.base+iconPath)
	o.null("blurhash")
	o.str("description", "")
	o.object("versions")
	o.str("@1x", c.base+iconPath)
	o.str("@2x", c.base+iconPath)
	o.close('}')
	o.close('}')
	o.list("icon")
	o.open('{')
	o.str("src", c.base+iconPath)
	o.str("size", "512x512")
	o.close('}')
	o.close(']')
	c.languages(a)
	c.configuration(true)
	o.object("registrations")
	o.yes("enabled", false)
	o.yes("approval_required", true)
	o.yes("reason_required", false)
	o.str("message", "People join this camp by an invite.")
	o.null("min_age")
	o.null("url")
	o.close('}')
	o.object("api_versions")
	o.num("mastodon", apiVersion)
	o.close('}')
	o.object("contact")
	o.str("email", "")
	c.contact("account", a)
	o.close('}')
	c.ruleList("rules", a.rules)
	o.null("wrapstodon")
	o.close('}')
	return nil
}

func (c *call) instanceOld() error {
	a, err := c.about()
	if err != nil {
		return err
	}
	o := c.out
	o.open('{')
	o.str("uri", a.house.Address())
	o.str("title", a.house.Name)
	o.str("short_description", "")
	o.str("description", "")
	o.str("email", "")
	o.str("version", version)
	o.object("urls")
	o.str("streaming_api", c.streaming())
	o.close('}')
	o.object("stats")
	o.num("user_count", a.members)
	o.num("status_count", 0) // only what is public may be counted (community.md 3.1, 3)
	o.num("domain_count", 0)
	o.close('}')
	o.str("thumbnail", c.base+iconPath)
	c.languages(a)
	o.yes("registrations", false)
	o.yes("approval_required", true)
	o.yes("invites_enabled", false)
	o.num("max_toot_chars", camp.MaxText)
	c.configuration(false)
	c.contact("contact_account", a)
	c.ruleList("rules", a.rules)
	o.close('}')
	return nil
}

func (c *call) languages(a about) {
	c.out.list("languages")
	c.out.comma()
	c.out.text(a.house.Language)
	c.out.close(']')
}

func (c *call) contact(k string, a about) {
	if a.hosted {
		c.account(k, a.host)
	} else {
		c.out.null(k)
	}
}

// streaming is where streams are: the same address by the other protocol.
func (c *call) streaming() string { return "ws" + strings.TrimPrefix(c.base, "http") }

// configuration are the bounds that apps keep to; whole has what the newer form adds.
func (c *call) configuration(whole bool) {
	o := c.out
	o.object("configuration")
	if whole {
		c.newerConfiguration()
	}
	o.object("accounts")
	o.num("max_featured_tags", 0)
	o.num("max_pinned_statuses", camp.MostPins)
	o.num("max_display_name_length", 60)
	o.num("max_note_length", 2000)
	o.num("max_avatar_description_length", 0)
	o.num("max_header_description_length", 0)
	o.num("max_profile_fields", 0)
	o.num("profile_field_name_limit", 0)
	o.num("profile_field_value_limit", 0)
	o.close('}')
	o.object("statuses")
	o.num("max_characters", camp.MaxText)
	o.num("max_media_attachments", camp.MaxPictures)
	o.num("characters_reserved_per_url", 23)
	o.object("supported_toggles")
	o.yes("local_only", true)
	o.close('}')
	o.close('}')
	o.object("media_attachments")
	o.list("supported_mime_types")
	for _, t := range pictureTypes {
		o.text(t)
	}
	o.close(']')
	o.num("description_limit", camp.MaxAlt)
	o.num("image_size_limit", maxUploadBytes)
	o.num("image_matrix_limit", maxPixels)
	o.num("video_size_limit", 0)
	o.num("video_frame_rate_limit", 0)
	o.num("video_matrix_limit", 0)
	o.close('}')
	o.object("polls")
	o.num("max_options", posts.PollChoices)
	o.num("max_characters_per_option", posts.PollText)
	o.num("min_expiration", int(posts.PollShortest/time.Second))
	o.num("max_expiration", int(posts.PollLongest/time.Second))
	o.close('}')
	o.close('}')
}

func (c *call) newerConfiguration() {
	o := c.out
	o.object("urls")
	o.str("streaming", c.streaming())
	o.null("status")
	o.null("about")
	o.null("privacy_policy")
	o.null("terms_of_service")
	o.close('}')
	o.object("translation")
	o.yes("enabled", false)
	o.close('}')
	o.object("timelines_access") // all lists are for people of the camp (client-api.md 7)
	for _, k := range []string{"live_feeds", "hashtag_feeds", "trending_link_feeds"} {
		o.object(k)
		o.str("local", "authenticated")
		o.str("remote", "authenticated")
		o.close('}')
	}
	o.close('}')
	o.yes("limited_federation", false)
}

func (c *call) rules() error {
	r, err := c.a.o.People.Rules(c.ctx())
	if err != nil {
		return err
	}
	c.ruleList("", r)
	return nil
}

func (c *call) ruleList(k string, r camp.Rules) {
	o := c.out
	if k != "" {
		o.key(k)
	}
	o.open('[')
	texts := r.Texts
	if !c.known() { // the rules are for those who joined, or were invited
		texts = nil
	}
	for i, text := range texts {
		o.open('{')
		o.str("id", strconv.Itoa(i+1))
		o.str("text", text)
		o.str("hint", "")
		o.object("translations")
		o.close('}')
		o.close('}')
	}
	o.close(']')
}

func (c *call) description() error { return c.paper("") }

func (c *call) privacy() error {
	return c.paper("<p>What this camp keeps, why and how long stands on its own page <a href=\"" + c.base + "/kept\">What this camp keeps</a>.</p>")
}

// paper is a longer text about the camp.
func (c *call) paper(content string) error {
	r, err := c.a.o.People.Rules(c.ctx())
	if err != nil {
		return err
	}
	o := c.out
	o.open('{')
	o.time("updated_at", r.Date)
	o.str("content", content)
	o.close('}')
	return nil
}
