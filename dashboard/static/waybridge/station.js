/* Scan station: never loses and never doubles a scan.

   The browser gives every scan an id and a number, writes both to localStorage before anything is
   sent, and sends the oldest ones first until the server has answered for each of them. The server
   keeps the id with its effect, so the same scan twice is answered with the first answer.

   POST data-scan-url, X-CSRFToken, application/json
     {"scans": [{"client_id": "uuid", "seq": 17, "raw": "4006381333931", "at": "2026-01-31T09:15:00.123Z"}]}
     scans    oldest first, at most 20; `seq` grows by one per scan of this browser; `raw` as typed
   200
     {"results": [{"client_id": "uuid", "verdict": "accepted", "message": "Blue mug, 2 of 3", "expected": []}],
      "state": {"order": "WB-1042", "complete": false, "next_action": "Scan the next product",
                "lines": [{"sku": "MUG-1", "title": "Blue mug", "expected": 3, "scanned": 2, "location": "A-03-2"}],
                "documents": [{"label": "Print the label", "url": "/..."}]}}
     verdict  accepted | done (completes the order) | wrong | surplus | duplicate | error | noted
              | waiting (right, but something has to come first: the label)
              | again (the weight is not the expected one: a second reading has to agree)
     big      what stands in big letters instead of the verdict's word, such as a slot; may be missing
     message  one translated sentence; expected: what would have been right, in words
     results  one per scan; a scan without a result stays in the queue and is sent again
     state    after the last scan; `location`, `notes` (sentences), `documents`, `presses` ([{label, raw, pressed}]:
              buttons that stand for a scan) and `links` ([{label, url}]) may be missing; `asks` is "scan", or
              "weight" when the field wants grams; a line whose `expected` is null is counted blind
   401, 403 or a redirect to the login: scans are kept and the person is asked to sign in.
   Any other 4xx on a single scan: it is shown as not understood and taken off the queue.
   429, 5xx, no answer within 8 s: sent again after 0.5, 1, 2, 4, then every 8 s. */
(() => {
  "use strict";
  const body = document.body;
  const at = (id) => document.getElementById(id);
  const field = at("scan");
  const answer = at("answer");
  const link = at("link");
  const blank = at("line").content;
  const storeKey = `waybridge.station.${body.dataset.station}`;
  const BATCH = 20;
  const ANSWER_MS = 8000;
  const WAITS_MS = [500, 1000, 2000, 4000, 8000];

  // --- the queue -----------------------------------------------------------------------------
  const read = () => {
    try {
      const kept = JSON.parse(localStorage.getItem(storeKey));
      if (kept && Array.isArray(kept.waiting) && Number.isInteger(kept.seq)) return kept;
    } catch { /* an unreadable queue cannot be sent; the number starts anew, the ids stay unique */ }
    return { seq: 0, waiting: [] };
  };
  const write = (queue) => localStorage.setItem(storeKey, JSON.stringify(queue));
  // crypto.randomUUID exists only on https; a tablet in the warehouse may well use http.
  const newId = () => {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    bytes[6] = (bytes[6] & 0x0f) | 0x40;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
  };
  const keep = (raw) => {
    const queue = read();
    queue.seq += 1;
    queue.waiting.push({ client_id: newId(), seq: queue.seq, raw, at: new Date().toISOString() });
    write(queue);
  };
  const forget = (ids) => {
    const queue = read();
    queue.waiting = queue.waiting.filter((scan) => !ids.has(scan.client_id));
    write(queue);
  };

  // --- sending -------------------------------------------------------------------------------
  let sending = false;
  let failures = 0;
  let batch = BATCH;
  let timer = 0;
  const again = () => {
    clearTimeout(timer);
    timer = setTimeout(send, WAITS_MS[Math.min(failures, WAITS_MS.length) - 1]);
  };
  const send = async () => {
    const scans = read().waiting.slice(0, batch);
    if (sending || !scans.length) return;
    sending = true;
    clearTimeout(timer);
    if (!failures) showLink("sending");
    try {
      const response = await fetch(body.dataset.scanUrl, {
        method: "POST",
        credentials: "same-origin",
        redirect: "manual",
        headers: { "Content-Type": "application/json", "Accept": "application/json", "X-CSRFToken": document.querySelector("[name=csrfmiddlewaretoken]").value },
        body: JSON.stringify({ scans }),
        signal: AbortSignal.timeout(ANSWER_MS),
      });
      await settle(response, scans);
    } catch {
      failures += 1;
      showLink("offline");
      again();
    } finally {
      sending = false;
    }
    if (!failures && read().waiting.length) send();
  };
  const settle = async (response, scans) => {
    if (response.ok) {
      const { results, state } = await response.json();
      const answered = new Set(results.map((result) => result.client_id));
      if (!scans.some((scan) => answered.has(scan.client_id))) throw new Error("no scan was answered");
      forget(answered);
      failures = 0;
      batch = BATCH;
      at("sign-in").hidden = true;
      showState(state);
      showAnswer(worst(results));
      showLink("ok");
    } else if (response.type === "opaqueredirect" || response.status === 401 || response.status === 403) {
      failures += 1;
      at("sign-in").hidden = false;
      showLink("signed-out");
      again();
    } else if (response.status >= 400 && response.status < 500 && ![408, 429].includes(response.status)) {
      // One bad scan must not hold up the others: find it by sending them one at a time.
      if (scans.length > 1) { batch = 1; failures = 0; return; }
      forget(new Set([scans[0].client_id]));
      batch = BATCH;
      failures = 0;
      showAnswer({ verdict: "error", message: scans[0].raw, expected: [] });
      showLink("ok");
    } else {
      throw new Error(`status ${response.status}`);
    }
  };
  // After a dead minute several answers come at once; the one that asks for action is shown.
  const BAD = ["wrong", "surplus", "error", "again", "waiting"];
  const worst = (results) => results.find((result) => BAD.includes(result.verdict)) || results[results.length - 1];

  // --- what is shown -------------------------------------------------------------------------
  const word = (element, name) => element.dataset[`word${name.replace(/(^|-)(\w)/g, (_all, _dash, letter) => letter.toUpperCase())}`];
  const put = (scope, name, text) => { const slot = scope.querySelector(`[data-${name}]`); if (slot) slot.textContent = text; };
  const showLink = (state) => {
    const waiting = read().waiting.length;
    link.dataset.state = state;
    put(link, "words", word(link, state));
    put(link, "waiting", state === "ok" || !waiting ? "" : String(waiting));
  };
  const showAnswer = ({ verdict, message, expected, big }) => {
    answer.dataset.verdict = verdict;
    put(answer, "verdict-words", big || word(answer, verdict) || verdict);
    put(answer, "message", message || "");
    put(answer, "expected", expected?.length ? `${word(answer, "expected")} ${expected.join(", ")}` : "");
    if (verdict !== "sending") sound(verdict);
  };
  const showState = (state) => {
    put(document, "order", state.order || "");
    at("next").textContent = state.next_action || "";
    at("asks").textContent = word(at("asks"), state.asks || "scan");
    at("notes").replaceChildren(...(state.notes || []).map((note) => {
      const item = document.createElement("li");
      item.textContent = note;
      return item;
    }));
    at("lines").replaceChildren(...state.lines.map((line) => {
      const row = blank.firstElementChild.cloneNode(true);
      const isBlind = line.expected === null;
      row.classList.toggle("is-complete", !isBlind && line.scanned >= line.expected);
      row.querySelector("[data-of]").hidden = isBlind;
      put(row, "location", line.location || "");
      put(row, "sku", line.sku);
      put(row, "title", line.title);
      put(row, "scanned", String(line.scanned));
      put(row, "expected-quantity", isBlind ? "" : String(line.expected));
      return row;
    }));
    at("documents").replaceChildren(...(state.documents || []).map((paper) => {
      const print = document.createElement("a");
      print.className = "print";
      print.href = paper.url;
      print.target = "_blank";
      print.rel = "noopener";
      print.textContent = paper.label;
      return print;
    }));
    at("presses").replaceChildren(...(state.presses || []).map((press) => {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "press";
      button.dataset.raw = press.raw;
      if (press.pressed) button.setAttribute("aria-pressed", "true");
      button.textContent = press.label;
      return button;
    }));
    at("links").replaceChildren(...(state.links || []).map((link) => {
      const more = document.createElement("a");
      more.href = link.url;
      more.textContent = link.label;
      return more;
    }));
    mark();
  };
  const mark = () => {
    const rows = [...at("lines").children];
    const number = (row, name) => Number(row.querySelector(`[data-${name}]`).textContent);
    const sum = (name) => rows.reduce((total, row) => total + number(row, name), 0);
    put(document, "tally", !rows.length ? "" : sum("expected-quantity") ? `${sum("scanned")} / ${sum("expected-quantity")}` : String(sum("scanned")));
    const current = rows.find((row) => !row.classList.contains("is-complete"));
    rows.forEach((row) => (row === current ? row.setAttribute("aria-current", "step") : row.removeAttribute("aria-current")));
    const list = at("lines");
    if (current) list.scrollTop = current.offsetTop - list.offsetTop - list.clientHeight / 3;
    const task = at("task");
    if (!task) return;
    task.hidden = !current;
    if (!current) return;
    for (const name of ["location", "sku", "title"]) put(task, `task-${name}`, current.querySelector(`[data-${name}]`).textContent);
    put(task, "task-left", String(number(current, "expected-quantity") - number(current, "scanned")));
  };

  // --- sound: short and high is right, long and low is wrong ---------------------------------
  let audio = null;
  const tones = { accepted: [[880, 0, 0.09]], done: [[660, 0, 0.1], [880, 0.11, 0.1], [1320, 0.22, 0.18]], duplicate: [[440, 0, 0.12], [440, 0.18, 0.12]], noted: [[440, 0, 0.12], [660, 0.18, 0.12]], waiting: [[440, 0, 0.12], [440, 0.18, 0.12]], again: [[440, 0, 0.12], [330, 0.18, 0.2]] };
  const sound = (verdict) => {
    if (!audio) return;
    for (const [pitch, start, seconds] of tones[verdict] || [[180, 0, 0.5]]) {
      const tone = audio.createOscillator();
      const volume = audio.createGain();
      tone.type = tones[verdict] ? "sine" : "square";
      tone.frequency.value = pitch;
      volume.gain.setValueAtTime(tones[verdict] ? 0.3 : 0.2, audio.currentTime + start);
      volume.gain.exponentialRampToValueAtTime(0.001, audio.currentTime + start + seconds);
      tone.connect(volume).connect(audio.destination);
      tone.start(audio.currentTime + start);
      tone.stop(audio.currentTime + start + seconds);
    }
  };
  // Browsers allow sound only after a press; a wedge scanner's key counts as one.
  const wakeAudio = () => {
    audio ??= new AudioContext();
    if (audio.state === "suspended") audio.resume();
  };

  // A press of a button is a scan of its code: kept, numbered and sent like one.
  at("presses").addEventListener("click", (event) => {
    const button = event.target.closest("[data-raw]");
    if (!button) return;
    keep(button.dataset.raw);
    showAnswer({ verdict: "sending", message: button.textContent });
    send();
    field.focus();
  });

  // --- the one field -------------------------------------------------------------------------
  const refocus = () => { if (!document.activeElement || document.activeElement === body) field.focus({ preventScroll: true }); };
  at("scan-form").addEventListener("submit", (event) => {
    event.preventDefault();
    const raw = field.value.trim();
    field.value = "";
    field.focus();
    if (!raw) return;
    keep(raw);
    showAnswer({ verdict: "sending", message: raw });
    send();
  });
  document.addEventListener("keydown", (event) => {
    wakeAudio();
    // Wedge scanners press Ctrl+] for the separator inside a GS1 code; a browser would drop it.
    if (event.ctrlKey && !event.altKey && (event.key === "]" || event.key === "\u001d")) {
      event.preventDefault();
      field.focus();
      field.setRangeText("\u001d", field.selectionStart, field.selectionEnd, "end");
    }
    // A scanner types wherever the focus is: bring it home before its first letter lands.
    if (event.key.length === 1 && !event.ctrlKey && !event.metaKey && document.activeElement !== field) field.focus();
  });
  document.addEventListener("pointerdown", wakeAudio);
  document.addEventListener("click", (event) => { if (!event.target.closest("a, button, input")) field.focus(); });
  field.addEventListener("blur", () => setTimeout(refocus));
  addEventListener("focus", () => field.focus());
  // The on-screen keyboard stays away until asked for: it would cover the answer.
  at("keyboard").addEventListener("click", (event) => {
    const on = field.inputMode === "none";
    field.inputMode = on ? "text" : "none";
    event.currentTarget.setAttribute("aria-pressed", String(on));
    field.blur();
    field.focus();
  });
  addEventListener("online", () => { failures = 0; send(); });
  document.addEventListener("visibilitychange", () => { if (!document.hidden) send(); });

  mark();
  field.focus();
  send();
})();
