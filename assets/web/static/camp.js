// What the pages gain with a script: they stay fresh, and writing is easier.
// Without it everything works. No framework; nothing is fetched but from the camp.
"use strict";
(() => {
  const $ = (sel, root = document) => root.querySelector(sel);
  const $$ = (sel, root = document) => [...root.querySelectorAll(sel)];
  const words = document.body.dataset;
  const fill = (text, value) => text.replace("{n}", value).replace("{name}", value);
  const token = () => $("#deeds input[name=csrf]")?.value ?? "";

  const make = (html) => {
    const t = document.createElement("template");
    t.innerHTML = html.trim();
    return t.content.firstElementChild;
  };
  const post = (id) => document.getElementById("post-" + id);

  // busy: somebody writes, reads a menu or opened a note inside; it is left alone.
  const busy = (el) => el.contains(document.activeElement) || $("details[open]", el) ||
    $$("textarea, input:not([type=hidden])", el).some((f) => f.value !== f.defaultValue || f.checked !== f.defaultChecked);

  // --- numbers and buttons of a post ---
  const mark = (m) => {
    const el = post(m.id);
    if (!el) return;
    const like = $("[data-like]", el), keep = $("[data-keep]", el), replies = $("[data-replies]", el);
    const press = (b, on) => { b.setAttribute("aria-pressed", on); b.value = on ? "0" : "1"; };
    press(like, m.liked);
    press(keep, m.kept);
    $(".n", like).textContent = m.likes || "";
    const boost = $("[data-boost]", el);
    if (boost) {
      press(boost, m.boosted);
      $(".n", boost).textContent = m.boosts || "";
    }
    replies.textContent = m.replies || "";
  };

  document.addEventListener("click", async (e) => {
    const b = e.target.closest("button[form=deeds]");
    if (!b || e.ctrlKey || e.metaKey || b.hasAttribute("data-vote")) return; // a vote is sent as the form that it is
    e.preventDefault();
    if (b.getAttribute("aria-busy") === "true") return;
    b.setAttribute("aria-busy", "true");
    const was = b.getAttribute("aria-pressed");
    b.setAttribute("aria-pressed", was !== "true");
    try {
      const r = await fetch(b.formAction, { method: "POST", headers: { "X-Camp": "1" },
        body: new URLSearchParams({ csrf: token(), on: b.value }) });
      if (!r.ok) throw new Error();
      mark(await r.json());
    } catch {
      b.setAttribute("aria-pressed", was);
      b.form.action = b.formAction; // let the page say what is wrong
      b.removeAttribute("form");
      const f = $("#deeds");
      f.append(Object.assign(document.createElement("input"), { type: "hidden", name: "on", value: b.value }));
      f.submit();
    } finally {
      b.removeAttribute("aria-busy");
    }
  });

  // one menu at a time; Escape and a click elsewhere close it
  document.addEventListener("click", (e) => $$(".more[open]").forEach((d) => d.contains(e.target) || (d.open = false)));
  document.addEventListener("keydown", (e) => {
    if (e.key !== "Escape") return;
    $$(".more[open]").forEach((d) => { d.open = false; $("summary", d).focus(); });
  });

  // --- what arrives ---
  const fresh = (html) => {
    const el = make(html);
    if (!el || document.getElementById(el.id)) return null;
    el.classList.add("new");
    $("[data-empty]")?.remove();
    $("[data-list] > .empty")?.remove();
    return el;
  };
  const arrive = ({ html, after }) => {
    const el = fresh(html);
    if (!el) return;
    const list = $("[data-list]");
    if (!after) { list.prepend(el); return; }
    const before = post(after);
    if (before && list.contains(before)) before.after(el);
    else if (before) list.prepend(el); // the first answer below the post itself
    else list.append(el);
  };
  const replace = (id, html) => {
    const old = post(id);
    if (!old) return;
    if (!html) { gone(id); return; }
    const el = make(html);
    if (busy(old)) { $(".say", old)?.replaceWith($(".say", el) ?? ""); return; }
    for (const a of ["data-depth", "class"]) if (old.hasAttribute(a)) el.setAttribute(a, old.getAttribute(a));
    el.classList.remove("new");
    const answers = $(".answers", el);
    if (answers && !$(".answers", old)) answers.remove();
    const when = $(".when time", old), now = $(".when time", el);
    if (when && now) now.textContent = when.textContent;
    old.replaceWith(el);
  };
  const gone = (id) => {
    const old = post(id);
    if (!old) return;
    const day = old.previousElementSibling;
    old.remove();
    if (day?.classList.contains("day") && !day.nextElementSibling?.classList.contains("post")) day.remove();
  };
  const unread = (n) => $$("[data-unread]").forEach((b) => { b.hidden = !n; $(".n", b).textContent = n; });
  const look = async () => {
    const ids = $$("[data-post]").map((el) => el.dataset.post).slice(0, 100);
    if (!ids.length) return;
    const r = await fetch("/part/posts?ids=" + ids.join(","));
    if (!r.ok) return;
    for (const [id, html] of Object.entries(await r.json())) replace(id, html);
  };
  const renew = () => {
    const list = $("[data-list]");
    if (!list || $(".arrived", list)) return;
    list.prepend(Object.assign(document.createElement("a"), { className: "btn quiet arrived", href: location.pathname, textContent: words.renew }));
  };

  // One stream for the page in front; a page behind lets go of it, and catches up when it comes back.
  if (words.live && window.EventSource) {
    let stream = null, last = "", rest = 0, again = false;
    const open = () => {
      if (stream) return;
      const url = new URL(words.live, location.href);
      if (last) url.searchParams.set("after", last);
      if (again) url.searchParams.set("again", "1");
      if (url.searchParams.has("sum")) { // all that is shown below, as one number
        url.searchParams.set("sum", $$("#below [data-post]").reduce((sum, el) => sum ^ BigInt(el.dataset.post), 0n));
      }
      again = true;
      stream = new EventSource(url);
      const on = (name, fn) => stream.addEventListener(name, (e) => {
        last = e.lastEventId || last;
        fn(JSON.parse(e.data));
      });
      on("post", arrive);
      on("edited", (d) => replace(d.id, d.html));
      on("gone", (d) => gone(d.id));
      on("marks", mark);
      on("unread", (d) => unread(d.n));
      on("look", look);
      on("renew", renew);
      on("bye", close);
      on("over", () => { // unless that would lose what somebody wrote
        close();
        if (!$$("textarea").some((el) => el.value !== el.defaultValue)) setTimeout(() => location.reload(), 1000);
      });
      stream.onerror = () => { // the browser tries again by itself, unless it was told no
        if (stream?.readyState !== EventSource.CLOSED) return;
        close();
        rest = setTimeout(open, 5000);
      };
    };
    const close = () => { clearTimeout(rest); stream?.close(); stream = null; };
    document.addEventListener("visibilitychange", () => {
      clearTimeout(rest);
      if (document.hidden) rest = setTimeout(close, 10000);
      else open();
    });
    addEventListener("pagehide", close);
    addEventListener("pageshow", open);
    open();
  }

  // --- times within the hour stay right ---
  setInterval(() => {
    for (const t of $$("time[datetime]")) {
      const min = Math.floor((Date.now() - Date.parse(t.dateTime)) / 60000);
      if (t.closest(".when") && min >= 1 && min < 60) t.textContent = fill(words.minutes, min);
    }
  }, 30000);

  // --- writing ---
  const outside = /(?:^|[^\w@/])(@[a-z0-9_.-]+@[a-z0-9.-]+\.[a-z]{2,})/gi;
  for (const form of $$("[data-composer]")) {
    const text = $("textarea[name=text]", form), note = $("input[name=note]", form);
    const left = $("[data-left]", form), warn = $("[data-outside]", form), button = $("button", form);
    const check = () => {
      const n = left.dataset.left - [...text.value].length - [...(note?.value ?? "")].length;
      left.hidden = n > 500;
      left.textContent = fill(n < 0 ? words.over : words.left, Math.abs(n));
      left.classList.toggle("over", n < 0);
      const camp = ($("[name=audience]:checked", form)?.value ?? "camp") === "camp";
      const who = camp ? [...new Set([...text.value.matchAll(outside)].map((m) => m[1]))] : [];
      warn.hidden = !who.length;
      warn.textContent = who.map((name) => fill(warn.dataset.outside, name)).join(" ");
      const told = $("input[name=told]", form);
      if (told && who.length) told.value = who.map((name) => name.slice(1).toLowerCase()).join(" ");
    };
    form.addEventListener("input", check);
    check();
    text.addEventListener("keydown", (e) => {
      if (e.key === "Enter" && (e.ctrlKey || e.metaKey)) form.requestSubmit();
    });
    form.addEventListener("submit", (e) => {
      if (button.getAttribute("aria-busy") === "true") { e.preventDefault(); return; }
      button.setAttribute("aria-busy", "true");
      button.dataset.was = button.innerHTML;
      button.textContent = words.sending;
    });
    addEventListener("pageshow", () => {
      button.removeAttribute("aria-busy");
      if (button.dataset.was) button.innerHTML = button.dataset.was;
    });

    // one picture after the other: the next place shows when the one before is taken
    const slots = $$("[data-slot]", form);
    const taken = (s) => $("input[name^=picture]", s) || $("input[type=file]", s)?.files.length;
    const show = () => slots.forEach((s, i) => { s.hidden = i > 0 && !taken(s) && !taken(slots[i - 1]); });
    slots.forEach((s) => $("input[type=file]", s)?.addEventListener("change", async (e) => {
      show();
      $("canvas", s)?.remove();
      const file = e.target.files[0];
      if (!file) return;
      try {
        const bitmap = await createImageBitmap(file);
        const scale = Math.min(1, 320 / Math.max(bitmap.width, bitmap.height));
        const c = Object.assign(document.createElement("canvas"), { width: bitmap.width * scale, height: bitmap.height * scale });
        c.getContext("2d").drawImage(bitmap, 0, 0, c.width, c.height);
        c.setAttribute("role", "img");
        c.setAttribute("aria-label", words.preview);
        e.target.after(c);
        bitmap.close();
      } catch { /* a picture that this browser cannot draw: the camp will say */ }
    }));
    show();
  }

  // one answer of a poll after the other
  for (const box of $$("[data-choices]")) {
    const rows = $$("[data-choice]", box);
    const show = () => rows.forEach((r, i) => { r.hidden = i > 1 && !$("input", r).value && !$("input", rows[i - 1]).value; });
    box.addEventListener("input", show);
    show();
  }

  // --- small comforts ---
  const tab = $(".tabs [aria-current]"); // the row of tabs is wider than a phone
  const toTab = () => { tab.parentElement.scrollLeft = tab.offsetLeft - tab.parentElement.offsetLeft - 48; };
  if (tab) { toTab(); addEventListener("resize", toTab); } // a phone may be turned
  for (const b of $$("[data-print]")) { b.hidden = false; b.addEventListener("click", () => print()); }
  for (const input of $$("[data-copy]")) {
    input.addEventListener("focus", () => input.select());
    if (!navigator.clipboard) continue;
    const b = Object.assign(document.createElement("button"), { type: "button", className: "btn quiet", textContent: input.dataset.copy });
    b.addEventListener("click", async () => { await navigator.clipboard.writeText(input.value); b.textContent = words.copied; });
    input.after(b);
  }
  const seen = $("[data-read]");
  if (seen) {
    const tell = () => setTimeout(async () => {
      if (document.hidden) { document.addEventListener("visibilitychange", tell, { once: true }); return; }
      const r = await fetch(seen.action, { method: "POST", headers: { "X-Camp": "1" }, body: new URLSearchParams(new FormData(seen)) });
      if (r.ok) seen.hidden = true;
    }, 1500);
    tell();
  }
})();
