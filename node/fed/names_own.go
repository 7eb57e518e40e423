package fed

import (
	"net/url"
	"strconv"
	"strings"

	"camp/node/camp"
	"camp/node/posts"
)

// More addresses, of what a camp shows and does:
//
//	https://DOMAIN/ap/-/a/…       an act; nothing is served there
//	https://DOMAIN/ap/-/m/ID      a picture
//	https://DOMAIN/ap/-/p/ID/…    replies, likes, shares, context of a post
//	https://DOMAIN/ap/-/s/ID      the yes to a quote
//	https://DOMAIN/@ana/ID        the page of a post
//	https://DOMAIN/tag/…          the page of a tag

// PostPage is the page of a post.
func (n Names) PostPage(name string, id camp.PostID) string { return n.Page(name) + "/" + id.String() }

// TagPage is the page of a tag, which must be folded.
func (n Names) TagPage(tag string) string { return n.at("/tag/" + url.PathEscape(tag)) }

// Below is a collection of a post of ours: "replies", "likes", "shares" or "context".
func (n Names) Below(id camp.PostID, what string) string { return n.Post(id) + "/" + what }

// Media is where a picture lies for others.
func (n Names) Media(id camp.MediaID) string { return n.at(own + "/m/" + string(id)) }

// Act is the id of an act by a number that is given once: that of a post (its
// Create or Announce), of the asking to follow, or of an errand.
func (n Names) Act(number uint64) string { return n.at(own + "/a/" + digits(number)) }

// Mark is the id of an act that one person does to one thing, a like or a block,
// again and again: the time tells one from the next.
func (n Names) Mark(kind string, who camp.MemberID, whom uint64, at int64) string {
	return n.at(own + "/a/" + kind + "/" + who.String() + "/" + digits(whom) + "/" + strconv.FormatInt(at, 10))
}

// Stamp is the id of the yes to a quote.
func (n Names) Stamp(id uint64) string { return n.at(own + "/s/" + digits(id)) }

func digits(number uint64) string { return camp.PostID(number).String() }

// there is what here is the other way round: the address of a post by the id that
// the camp gives it.
func (n Names) there(id string) string {
	if p, ours := posts.LocalID(id); ours {
		return n.Post(p)
	}
	if strings.HasPrefix(id, posts.LocalScheme) {
		return ""
	}
	return id
}
