// A server of one person around Fedify: an implementation of ActivityPub that others wrote, for the tests of
// Camp to talk with. It is driven by lines of JSON on its standard input, each answered by one line on the
// output; what reaches it from outside is told there too, as lines with "event".
//
//   {"n":1,"do":"follow","who":"@ana@camp.test"}      ->  {"n":1,"ok":{...}} or {"n":1,"error":"..."}
//                                                     ->  {"event":"got","type":"Accept","actor":...,"json":{...}}
import { readFileSync } from "node:fs";
import { createServer } from "node:https";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import { createFederation, generateCryptoKeyPair, MemoryKvStore, signRequest } from "@fedify/fedify";
import * as vocab from "@fedify/vocab";

globalThis.navigator ??= { userAgent: "Node.js" };
const { Temporal } = globalThis.Temporal ? globalThis : await import("@js-temporal/polyfill");

const { values: flags } = parseArgs({
  options: {
    name: { type: "string" }, // the domain
    cert: { type: "string" },
    key: { type: "string" },
    form: { type: "string", default: "new" }, // of the signatures that it tries first: new or old
    takes: { type: "string", default: "both" }, // the form that it accepts: new, old or both
    strict: { type: "boolean", default: false }, // nothing is shown to who does not sign
    asks: { type: "boolean", default: false }, // followers wait for a yes
    whole: { type: "boolean", default: false }, // tell every request whole
  },
});
const old = "draft-cavage-http-signatures-12";
const home = `https://${flags.name}`;
const person = "bea", house = "house";

const tell = (line) => process.stdout.write(JSON.stringify(line) + "\n");
const clock = () => Temporal.Now.instant();
let counted = 0;
const name = (what) => new URL(`${home}/${what}/${++counted}`);

const keys = { [person]: await pairs(), [house]: await pairs() };
async function pairs() {
  return [await generateCryptoKeyPair("RSASSA-PKCS1-v1_5"), await generateCryptoKeyPair("Ed25519")];
}

const state = {
  shown: "Bea", about: "<p>Lives elsewhere</p>", also: [], moved: null,
  followers: new Map(), asked: new Map(), posts: new Map(), stamps: new Map(), sent: new Map(), fail: 0,
};

const fed = createFederation({
  kv: new MemoryKvStore(), origin: home, allowPrivateAddress: true,
  firstKnock: flags.form === "old" ? old : "rfc9421",
});

const signed = async (ctx) => !flags.strict || (await ctx.getSignedKeyOwner()) != null;

fed.setActorDispatcher("/u/{identifier}", async (ctx, who) => {
  if (who !== person && who !== house) return null;
  const own = await ctx.getActorKeyPairs(who);
  const common = {
    id: ctx.getActorUri(who), preferredUsername: who, inbox: ctx.getInboxUri(who), outbox: ctx.getOutboxUri(who),
    endpoints: new vocab.Endpoints({ sharedInbox: ctx.getInboxUri() }),
    publicKey: own[0].cryptographicKey, assertionMethods: own.map((k) => k.multikey),
  };
  if (who === house) return new vocab.Application({ ...common, name: flags.name });
  return new vocab.Person({
    ...common, name: state.shown, summary: state.about, url: new URL(`${home}/@${who}`),
    followers: ctx.getFollowersUri(who), following: ctx.getFollowingUri(who), manuallyApprovesFollowers: flags.asks,
    aliases: state.also.map((a) => new URL(a)), successor: state.moved,
  });
}).setKeyPairsDispatcher((_ctx, who) => keys[who] ?? []).authorize(async (ctx, who) => who === house || (await signed(ctx)));

fed.setFollowersDispatcher("/u/{identifier}/followers", () => ({
  items: [...state.followers.values()].map((f) => ({ id: f.id, inboxId: f.inboxId, endpoints: f.endpoints })),
}));
fed.setFollowingDispatcher("/u/{identifier}/following", () => ({ items: [] }));
fed.setOutboxDispatcher("/u/{identifier}/outbox", () => ({ items: [...state.posts.values()].filter((p) => p.open).map((p) => p.create) }));
for (const [kind, path] of [[vocab.Note, "n"], [vocab.Question, "q"]]) {
  fed.setObjectDispatcher(kind, `/u/{identifier}/${path}/{no}`, (ctx, at) => state.posts.get(ctx.getObjectUri(kind, at).href)?.post ?? null)
    .authorize(signed);
}
fed.setObjectDispatcher(vocab.QuoteAuthorization, "/u/{identifier}/s/{no}", (ctx, at) => state.stamps.get(ctx.getObjectUri(vocab.QuoteAuthorization, at).href) ?? null)
  .authorize(signed);

const boxes = fed.setInboxListeners("/u/{identifier}/inbox", "/inbox");
boxes.setSharedKeyDispatcher(() => ({ identifier: house }));
async function got(ctx, a) {
  tell({
    event: "got", type: a.constructor.name, id: a.id?.href, actor: a.actorId?.href, object: a.objectId?.href,
    json: await a.toJsonLd({ format: "compact", contextLoader: ctx.contextLoader }),
  });
}
boxes.on(vocab.Follow, async (ctx, a) => {
  await got(ctx, a);
  const who = await a.getActor(ctx);
  if (flags.asks) return void state.asked.set(a.id.href, { a, who });
  state.followers.set(who.id.href, who);
  await send(ctx, who, new vocab.Accept({ id: name("accept"), actor: ctx.getActorUri(person), object: a }));
});
// Who asks to quote a post of this person may; the stamp that says so lies here.
boxes.on(vocab.QuoteRequest, async (ctx, a) => {
  await got(ctx, a);
  if (!state.posts.has(a.objectId.href)) return;
  const id = ctx.getObjectUri(vocab.QuoteAuthorization, { identifier: person, no: String(++counted) });
  state.stamps.set(id.href, new vocab.QuoteAuthorization({
    id, attribution: ctx.getActorUri(person), interactingObject: a.instrumentId, interactionTarget: a.objectId,
  }));
  const who = await look(ctx, a.actorId.href);
  await send(ctx, who, new vocab.Accept({ id: name("accept"), actor: ctx.getActorUri(person), object: a, result: id }));
  tell({ event: "stamped", id: id.href });
});
boxes.on(vocab.Undo, async (ctx, a) => {
  await got(ctx, a);
  const what = await a.getObject(ctx).catch(() => null);
  if (what instanceof vocab.Follow) state.followers.delete(a.actorId.href);
});
boxes.on(vocab.Activity, got);
boxes.onError((_ctx, e) => tell({ event: "broke", error: String(e?.stack ?? e).slice(0, 1000) }));
boxes.onUnverifiedActivity((_ctx, a, why) => tell({ event: "unproven", type: a.constructor.name, actor: a.actorId?.href, why: why.type }));

async function send(ctx, to, activity, as = person) {
  state.sent.set(activity.id.href, { activity, to });
  await ctx.sendActivity({ identifier: as }, to, activity, { immediate: true, preferSharedInbox: true });
  return { activity: activity.id.href };
}
async function look(ctx, what, as = person) {
  const found = await ctx.lookupObject(what, { documentLoader: await ctx.getDocumentLoader({ identifier: as }) });
  if (!found) throw new Error(`nothing at ${what}`);
  return found;
}
async function author(ctx, post) {
  return await look(ctx, post.attributionId.href);
}
async function everybody(ctx, entry, activity) {
  if (!entry.letter) await send(ctx, "followers", activity);
  if (entry.named.length > 0) await send(ctx, entry.named, activity);
  return { activity: activity.id.href };
}

const deeds = {
  async follow(ctx, q) {
    const who = await look(ctx, q.who);
    return await send(ctx, who, new vocab.Follow({ id: name("follow"), actor: ctx.getActorUri(person), object: who.id }));
  },
  async answer(ctx, q) {
    const [id, { a, who }] = [...state.asked].at(-1);
    state.asked.delete(id);
    if (q.yes) state.followers.set(who.id.href, who);
    const Answer = q.yes ? vocab.Accept : vocab.Reject;
    return await send(ctx, who, new Answer({ id: name("answer"), actor: ctx.getActorUri(person), object: a }));
  },
  // audience: public, quiet, followers or letter
  async post(ctx, q) {
    const Kind = q.poll ? vocab.Question : vocab.Note;
    const id = ctx.getObjectUri(Kind, { identifier: person, no: String(++counted) });
    const named = [];
    for (const who of q.named ?? []) named.push(await look(ctx, who));
    const followers = ctx.getFollowersUri(person), ids = named.map((p) => p.id);
    const [tos, ccs] = {
      public: [[vocab.PUBLIC_COLLECTION], [followers, ...ids]], quiet: [[followers], [vocab.PUBLIC_COLLECTION, ...ids]],
      followers: [[followers], ids], letter: [ids, []],
    }[q.audience ?? "public"];
    const at = clock();
    const post = new Kind({
      id, attribution: ctx.getActorUri(person), content: q.text, summary: q.note ?? null, tos, ccs, published: at, url: id,
      tags: named.map((p) => new vocab.Mention({ href: p.id, name: `@${p.preferredUsername}@${p.id.host}` })),
      replyTarget: q.answers ? new URL(q.answers) : null, quoteUrl: q.quotes ? new URL(q.quotes) : null,
      attachments: (q.files ?? []).map((f) => new vocab.Document({ url: new URL(f.url), mediaType: f.type, name: f.alt })),
      ...(q.poll ? { exclusiveOptions: q.poll.map((c) => new vocab.Note({ name: c })), endTime: at.add({ hours: 20 }) } : {}),
    });
    const create = new vocab.Create({ id: name("create"), actor: ctx.getActorUri(person), object: post, tos, ccs, published: at });
    const entry = { post, create, named, letter: q.audience === "letter", open: ["public", "quiet", undefined].includes(q.audience) };
    state.posts.set(id.href, entry);
    await everybody(ctx, entry, create);
    return { id: id.href };
  },
  async edit(ctx, q) {
    const entry = state.posts.get(q.id);
    entry.post = entry.post.clone({ content: q.text, updated: clock() });
    return await everybody(ctx, entry, new vocab.Update({ id: name("update"), actor: ctx.getActorUri(person), object: entry.post, to: vocab.PUBLIC_COLLECTION }));
  },
  async remove(ctx, q) {
    const entry = state.posts.get(q.id);
    entry.post = new vocab.Tombstone({ id: new URL(q.id), deleted: clock() });
    entry.open = false;
    return await everybody(ctx, entry, new vocab.Delete({ id: name("delete"), actor: ctx.getActorUri(person), object: entry.post, to: vocab.PUBLIC_COLLECTION }));
  },
  async like(ctx, q) {
    const post = await look(ctx, q.id);
    return await send(ctx, await author(ctx, post), new vocab.Like({ id: name("like"), actor: ctx.getActorUri(person), object: post.id }));
  },
  async boost(ctx, q) {
    const post = await look(ctx, q.id), by = await author(ctx, post);
    const boost = new vocab.Announce({
      id: name("boost"), actor: ctx.getActorUri(person), object: post.id, to: vocab.PUBLIC_COLLECTION, ccs: [ctx.getFollowersUri(person), by.id], published: clock(),
    });
    await send(ctx, "followers", boost);
    return await send(ctx, by, boost);
  },
  async vote(ctx, q) {
    const poll = await look(ctx, q.id), by = await author(ctx, poll), id = name("vote");
    const vote = new vocab.Note({ id, attribution: ctx.getActorUri(person), name: q.choice, replyTarget: poll.id, to: by.id });
    return await send(ctx, by, new vocab.Create({ id: name("create"), actor: ctx.getActorUri(person), object: vote, to: by.id }));
  },
  async block(ctx, q) {
    const who = await look(ctx, q.who);
    return await send(ctx, who, new vocab.Block({ id: name("block"), actor: ctx.getActorUri(person), object: who.id }));
  },
  async report(ctx, q) {
    const who = await look(ctx, q.who, house);
    const flag = new vocab.Flag({ id: name("flag"), actor: ctx.getActorUri(house), objects: [who.id, ...q.posts.map((p) => new URL(p))], content: q.text });
    return await send(ctx, who, flag, house);
  },
  // asks whether a post of this person may quote one (FEP-044f)
  async askQuote(ctx, q) {
    const of = await look(ctx, q.quotes), by = await author(ctx, of);
    return await send(ctx, by, new vocab.QuoteRequest({ id: name("quote"), actor: ctx.getActorUri(person), object: of.id, instrument: new URL(q.id) }));
  },
  async undo(ctx, q) {
    const { activity, to } = state.sent.get(q.activity);
    return await send(ctx, to, new vocab.Undo({ id: name("undo"), actor: ctx.getActorUri(person), object: activity }));
  },
  async profile(ctx, q) {
    state.shown = q.shown;
    return await send(ctx, "followers", new vocab.Update({ id: name("update"), actor: ctx.getActorUri(person), object: await ctx.getActor(person), to: vocab.PUBLIC_COLLECTION }));
  },
  async turnKeys(ctx) {
    keys[person] = await pairs();
    return await send(ctx, "followers", new vocab.Update({ id: name("update"), actor: ctx.getActorUri(person), object: await ctx.getActor(person), to: vocab.PUBLIC_COLLECTION }));
  },
  also(_ctx, q) {
    state.also = q.ids;
    return {};
  },
  async move(ctx, q) {
    const to = await look(ctx, q.to);
    state.moved = to.id;
    return await send(ctx, "followers", new vocab.Move({ id: name("move"), actor: ctx.getActorUri(person), object: ctx.getActorUri(person), target: to.id }));
  },
  async look(ctx, q) {
    const found = await look(ctx, q.what, q.as ?? person);
    return await found.toJsonLd({ format: "compact", contextLoader: ctx.contextLoader });
  },
  set(_ctx, q) {
    Object.assign(flags, q.flags ?? {});
    state.fail = q.fail ?? state.fail;
    return {};
  },
  followers: () => [...state.followers.keys()],
  // Any request, signed by this person's key, whole or spoiled. spoil: body, digest or signature; later: seconds by which the clock is off.
  // dry: only the head of it is made, for somebody else to send.
  async raw(_ctx, q) {
    let r = new Request(q.url, {
      method: q.body === undefined ? "GET" : "POST", body: q.body === undefined ? undefined : JSON.stringify(q.body),
      headers: { "content-type": "application/activity+json", accept: "application/activity+json" },
    });
    if (q.spoil !== "signature") {
      const key = new URL(q.key ?? `${home}/u/${person}#main-key`);
      r = await signRequest(r, keys[person][0].privateKey, key, { spec: q.form === "old" ? old : "rfc9421", currentTime: clock().add({ seconds: q.later ?? 0 }) });
    }
    const headers = new Headers(r.headers);
    if (q.spoil === "digest") ["digest", "content-digest"].forEach((h) => headers.delete(h));
    const body = q.body === undefined ? undefined : JSON.stringify(q.body) + (q.spoil === "body" ? " " : "");
    if (q.dry) return { headers: Object.fromEntries(headers), body: body ?? "" };
    const answer = await fetch(q.url, { method: r.method, headers, body, redirect: "manual" });
    return { status: answer.status, headers: Object.fromEntries(answer.headers), body: await answer.text() };
  },
};

const formOf = (h) => (h["signature-input"] ? "new" : h.signature ? "old" : "none");
async function face(req, res) {
  const parts = [];
  for await (const part of req) parts.push(part);
  const form = formOf(req.headers);
  const reply = (status, body, headers = {}) => {
    tell({ event: "asked", method: req.method, path: req.url, form, status, agent: req.headers["user-agent"], ...(flags.whole ? { headers: req.headers, body: Buffer.concat(parts).toString() } : {}) });
    res.writeHead(status, headers).end(body);
  };
  if (req.method === "POST" && state.fail > 0) {
    state.fail--;
    return reply(503, "");
  }
  if (req.method === "POST" && flags.takes !== "both" && form !== flags.takes) return reply(401, "");
  const headers = new Headers();
  for (const [k, v] of Object.entries(req.headers)) headers.set(k, String(v));
  const answer = await fed.fetch(new Request(new URL(req.url, home), { method: req.method, headers, body: parts.length > 0 ? Buffer.concat(parts) : undefined }), {
    contextData: undefined,
    onNotFound: () => new Response("", { status: 404 }), onUnauthorized: () => new Response("", { status: 401 }),
    onNotAcceptable: () => new Response("<!doctype html><title>Bea</title>", { headers: { "content-type": "text/html" } }),
  });
  reply(answer.status, Buffer.from(await answer.arrayBuffer()), Object.fromEntries(answer.headers));
}

createServer({ cert: readFileSync(flags.cert), key: readFileSync(flags.key) }, (req, res) => {
  face(req, res).catch((e) => {
    tell({ event: "broke", error: String(e?.stack ?? e).slice(0, 1000) });
    res.writeHead(500).end();
  });
}).listen(443, "0.0.0.0", () => tell({ event: "ready", actor: `${home}/u/${person}`, handle: `@${person}@${flags.name}` }));

for await (const line of createInterface({ input: process.stdin })) {
  const q = JSON.parse(line);
  const ctx = fed.createContext(new Request(`${home}/`), undefined);
  Promise.resolve().then(() => deeds[q.do](ctx, q)).then(
    (ok) => tell({ n: q.n, ok: ok ?? null }),
    (e) => tell({ n: q.n, error: String(e?.message ?? e) }),
  );
}
process.exit(0);
