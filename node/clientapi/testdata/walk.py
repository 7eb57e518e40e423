# Walks the API as Mastodon.py's users do. Arguments: address, token, token of somebody else, picture.
import sys
from datetime import datetime, timezone

from mastodon import Mastodon
from mastodon.errors import MastodonNotFoundError, MastodonUnauthorizedError

base, token, other, picture = sys.argv[1:]


def check(what, got, want):
    if got != want:
        sys.exit("%s: got %r, want %r" % (what, got, want))


m = Mastodon(access_token=token, api_base_url=base)
o = Mastodon(access_token=other, api_base_url=base)

check("version", m.retrieve_mastodon_version(), "4.3.0")
check("title", m.instance().title, "Willow Lane")
check("rules", len(m.instance_rules()), 2)
check("emoji", m.custom_emojis(), [])
me = m.account_verify_credentials()
check("me", me.acct, "mia")
check("healthy", m.instance_health(), True)
m.preferences(), m.filters(), m.lists(), m.announcements(), m.trending_tags(), m.suggestions(), m.follow_requests()

media = m.media_post(picture, description="the lake")
check("described", media.description, "the lake")
check("ready", m.media(media.id).id, media.id)
media = m.media_update(media.id, description="a pond")
first = m.status_post("Hello #first @joost", media_ids=[media.id], spoiler_text="note", language="en")
check("stays in the camp", (first.visibility, first.local_only), ("private", True))
check("picture", first.media_attachments[0].description, "a pond")
check("time", isinstance(first.created_at, datetime) and first.created_at.tzinfo is not None, True)
check("once", m.status_post("once", idempotency_key="k").id, m.status_post("once", idempotency_key="k").id)

answer = o.status_reply(first, "Hello back")
context = m.status_context(first)
check("context", [s.id for s in context.descendants], [answer.id])
check("above", [s.id for s in o.status_context(answer).ancestors], [first.id])
check("favourite", o.status_favourite(first).favourites_count, 1)
check("bookmark", o.status_bookmark(first).bookmarked, True)
check("bookmarks", [s.id for s in o.bookmarks()], [first.id])
check("favourited by", [a.acct for a in m.status_favourited_by(first)], ["joost"])
check("notifications", {n.type for n in m.notifications()}, {"mention", "favourite"})
check("told", [n.type for n in o.notifications(types=["mention"])], ["mention"])

poll = m.status_post("Tea?", poll=m.make_poll(["yes", "no"], 3600, multiple=False)).poll
o.poll_vote(poll, [1])
check("voted", o.poll(poll).own_votes, [1])
check("counted", m.poll(poll).options[1].votes_count, 1)

edited = m.status_update(first, "Hello again", media_ids=[media.id])
check("edited", (edited.id, edited.edited_at is not None), (first.id, True))
check("source", m.status_source(first).text, "Hello again")
check("history", len(m.status_history(first)), 2)

for i in range(45):
    m.status_post("post %d" % i)
page, seen = m.timeline_home(limit=20), []
while page:
    seen += [s.id for s in page]
    page = m.fetch_next(page)
check("pages", (len(seen), len(set(seen)), sorted(seen, reverse=True)), (48, 48, seen))
newest = m.timeline_home(limit=1)
o.status_post("newer")
check("previous", [s.content for s in m.fetch_previous(newest)], ["<p>newer</p>"])
check("right after", [s.id for s in m.timeline_home(min_id=seen[10], limit=3)], seen[7:10])
check("tag", [s.id for s in m.timeline_hashtag("First")], [])  # the edited text has none
check("local", len(m.timeline_local(limit=40)), 40)

joost = m.account_lookup("joost")
check("search", [a.id for a in m.account_search("joo")], [joost.id])
check("found", [a.id for a in m.search_v2("joost", result_type="accounts").accounts], [joost.id])
check("follow", m.account_follow(joost).following, True)
check("relation", m.account_relationships(joost)[0].following, True)
check("following", [a.id for a in m.account_following(me)], [joost.id])
check("mute", m.account_mute(joost).muting, True)
check("mutes", [a.id for a in m.mutes()], [joost.id])
check("unmute", m.account_unmute(joost).muting, False)
check("posts", len(m.account_statuses(joost, exclude_replies=True)), 1)

gone = m.status_delete(first)
check("typed", gone.text, "Hello again")
try:
    m.status(first)
    sys.exit("a deleted post is still there")
except MastodonNotFoundError:
    pass
try:
    Mastodon(access_token="nonsense", api_base_url=base).account_verify_credentials()
    sys.exit("a bad token is good")
except MastodonUnauthorizedError:
    pass
print("walked")
