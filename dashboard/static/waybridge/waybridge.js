/* Dashboard behaviour. Every page works without it; nothing here is inline, evaluated or third-party. */
(() => {
  "use strict";
  const root = document.documentElement;
  root.classList.add("has-js");

  // The theme lives in a cookie so that the server writes it and no page flashes in the wrong one.
  const nextTheme = { auto: "dark", dark: "light", light: "auto" };
  const setTheme = (theme) => {
    root.dataset.theme = theme;
    document.cookie = `theme=${theme}; path=/; max-age=31536000; SameSite=Lax`;
    document.querySelectorAll("[data-theme-toggle]").forEach((button) => {
      const words = button.dataset[`word${theme[0].toUpperCase()}${theme.slice(1)}`];
      button.title = words;
      button.setAttribute("aria-label", words);
    });
  };

  document.addEventListener("click", (event) => {
    const target = event.target instanceof Element ? event.target : null;
    if (!target) return;
    const toggle = target.closest("[data-theme-toggle]");
    if (toggle) setTheme(nextTheme[root.dataset.theme] || "dark");
    const opener = target.closest("[data-dialog]");
    if (opener) document.getElementById(opener.dataset.dialog)?.showModal();
    if (target.closest("[data-close]")) target.closest("dialog")?.close();
    const copier = target.closest("[data-copy]");
    if (copier) copy(copier);
    const all = target.closest("[data-select-all]");
    if (all) selectAll(all);
    document.querySelectorAll("details.menu[open]").forEach((menu) => {
      if (!menu.contains(target)) menu.open = false;
    });
  });

  const copy = async (button) => {
    const source = document.getElementById(button.dataset.copy);
    const label = button.querySelector("[data-label]");
    try {
      await navigator.clipboard.writeText(source.textContent.trim());
      label.textContent = button.dataset.done;
    } catch {
      // Without permission (or without https) the text is selected, ready for Ctrl-C.
      getSelection().selectAllChildren(source);
    }
  };

  // Bulk selection: the bar itself appears by CSS; this only counts and selects all.
  const boxes = (form) => [...form.querySelectorAll("input[name=selected]")];
  const selectAll = (all) => {
    boxes(all.form).forEach((box) => { box.checked = all.checked; });
    countSelected(all.form);
  };
  const countSelected = (form) => {
    const chosen = boxes(form).filter((box) => box.checked).length;
    const output = form.querySelector("[data-selected-count]");
    if (output) output.textContent = String(chosen);
    const all = form.querySelector("[data-select-all]");
    if (all) {
      all.checked = chosen > 0 && chosen === boxes(form).length;
      all.indeterminate = chosen > 0 && !all.checked;
    }
  };
  document.addEventListener("change", (event) => {
    const field = event.target;
    if (field.name === "selected" && field.form) countSelected(field.form);
    if (field.matches?.("[data-autosubmit]")) field.form.requestSubmit();
    if (field.matches?.("[data-drop-input]")) showChosen(field);
  });
  // A page restored from the browser's history keeps its ticks; the count must agree.
  addEventListener("pageshow", () => document.querySelectorAll("form[data-bulk]").forEach(countSelected));

  // Keyboard: for people who work here all day.
  const typing = (element) => element?.matches?.("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]");
  const moveRow = (step) => {
    const links = [...document.querySelectorAll("a.row-link")];
    if (!links.length) return;
    const here = links.findIndex((link) => link === document.activeElement || link.closest("tr")?.contains(document.activeElement));
    const next = here < 0 ? (step > 0 ? 0 : links.length - 1) : Math.min(Math.max(here + step, 0), links.length - 1);
    links[next].focus();
    links[next].scrollIntoView({ block: "nearest" });
  };
  const keys = {
    "/": () => { const field = document.querySelector("[data-search]"); field?.focus(); field?.select(); },
    "?": () => document.getElementById("keys")?.showModal(),
    j: () => moveRow(1),
    k: () => moveRow(-1),
    x: () => document.activeElement?.closest("tr")?.querySelector("input[name=selected]")?.click(),
    u: () => document.querySelector("[data-up]")?.click(),
    n: () => document.querySelector("[data-new]")?.click(),
  };
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      document.querySelectorAll("details.menu[open]").forEach((menu) => { menu.open = false; });
      if (typing(document.activeElement)) document.activeElement.blur();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || typing(document.activeElement) || document.querySelector("dialog[open]")) return;
    const act = keys[event.key];
    if (act) { event.preventDefault(); act(); }
  });

  // Upload: a dropped file is put into the ordinary file field, so the ordinary form sends it.
  const showChosen = (input) => {
    const chosen = input.closest("[data-drop]")?.querySelector("[data-chosen]");
    if (chosen) chosen.textContent = [...input.files].map((file) => file.name).join(", ");
  };
  document.querySelectorAll("[data-drop]").forEach((zone) => {
    const input = zone.querySelector("[data-drop-input]");
    const over = (on) => (event) => { event.preventDefault(); zone.classList.toggle("is-over", on); };
    zone.addEventListener("dragenter", over(true));
    zone.addEventListener("dragover", over(true));
    zone.addEventListener("dragleave", over(false));
    zone.addEventListener("drop", (event) => {
      over(false)(event);
      if (!event.dataTransfer.files.length) return;
      input.files = event.dataTransfer.files;
      showChosen(input);
    });
  });
  document.addEventListener("submit", (event) => {
    // One press, one upload: a second press while the first is on its way would send it twice.
    const button = event.target.querySelector("[data-once]");
    if (button) setTimeout(() => { button.disabled = true; });
  });
  addEventListener("pageshow", () => document.querySelectorAll("[data-once]").forEach((button) => { button.disabled = false; }));

  // What goes stale asks for itself anew, but only while somebody looks: a tab in the background is quiet.
  setInterval(() => {
    if (document.visibilityState !== "visible" || !window.htmx) return;
    document.querySelectorAll("[data-refresh]").forEach((part) => {
      part.refreshAge = (part.refreshAge || 0) + 1;
      // A person in the middle of reading a table that is opened by hand is not thrown out of it.
      if (part.refreshAge < Number(part.dataset.refresh) || part.querySelector("details[open]")) return;
      part.refreshAge = 0;
      window.htmx.trigger(part, "refresh");
    });
  }, 1000);
})();
