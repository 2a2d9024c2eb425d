// Small improvements to pages that work without them.
(() => {
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];

  // Light, dark, or as the system says.
  const showTheme = () => all("[data-theme-choice]").forEach((button) =>
    button.setAttribute("aria-pressed", String(button.dataset.themeChoice === (localStorage.getItem("theme") || ""))));
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-theme-choice]");
    if (!button) return;
    const choice = button.dataset.themeChoice;
    if (choice) { localStorage.setItem("theme", choice); document.documentElement.dataset.theme = choice; }
    else { localStorage.removeItem("theme"); delete document.documentElement.dataset.theme; }
    showTheme();
  });
  showTheme();

  // "/" goes to the search for devices, Escape leaves it.
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") event.target.closest('[data-shortcut="/"]')?.blur();
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest("input, textarea, select, [contenteditable]")) return;
    const field = document.querySelector('[data-shortcut="/"]');
    if (field) { event.preventDefault(); field.focus(); field.select(); }
  });

  // Toasts leave by themselves, unless they tell of an error.
  const leave = (toast) => { toast.classList.add("leaving"); setTimeout(() => toast.remove(), 300); };
  all(".toast:not(.error, .warning)").forEach((toast) => setTimeout(() => leave(toast), 6000));
  document.addEventListener("click", (event) => {
    const toast = event.target.closest("[data-dismiss]")?.closest(".toast");
    if (toast) leave(toast);
  });

  // Parts of a form that mean something only beside certain values: [{"field": ["value", …]}, …], one must hold.
  // What is hidden counts as the server counts it: a switch is off, anything else is empty.
  const valuesOf = (form, name) => {
    const fields = all(`[name="${CSS.escape(name)}"]`, form);
    const shown = fields.filter((field) => !field.closest("[data-show-when][hidden]"));
    if (fields.length === 1 && fields[0].type === "checkbox") return [String(shown.length > 0 && fields[0].checked)];
    return shown.filter((field) => (field.type === "radio" || field.type === "checkbox") ? field.checked : true).map((field) => field.value);
  };
  const showParts = (form) => all("[data-show-when]", form).filter((part) => {
    const alternatives = JSON.parse(part.dataset.showWhen);
    const isShown = alternatives.some((needs) => Object.entries(needs).every(([name, wanted]) =>
      valuesOf(form, name).some((value) => wanted.includes("*") ? value !== "" : wanted.includes(value))));
    if (isShown === !part.hidden) return false;
    part.hidden = !isShown;
    return true;
  });
  const showForm = (form) => {
    // A part may stand above what it needs: until nothing changes any more. Needs never go in a circle.
    while (showParts(form).length);
    all("[data-section]", form).forEach((section) => { section.hidden = !section.querySelector(".field:not([hidden])"); });
  };
  all("form:has([data-show-when])").forEach((form) => {
    form.addEventListener("change", () => showForm(form));
    showForm(form);
  });

  // A name template: what it makes of a real device, and how long it is.
  all("[data-template-for]").forEach((field) => {
    const values = JSON.parse(field.dataset.templateFor), part = field.closest(".field");
    const example = part.querySelector("[data-template-example]"), count = part.querySelector("[data-template-count]");
    field.addEventListener("input", () => {
      const length = [...field.value].length, most = Number(count.dataset.templateCount);
      example.textContent = field.value.replace(/\{\{(\w*)\}\}/g, (whole, name) => values[name] ?? whole) || "–";
      count.textContent = `${length} / ${most}`;
      count.classList.toggle("too-many", length > most);
    });
  });

  // Rows that are chosen, and the buttons that need some.
  const countChosen = () => all("[data-selection]").forEach((form) => {
    const boxes = all('input[name="device"]', form);
    const chosen = boxes.filter((box) => box.checked).length;
    const whole = form.querySelector("[data-select-all]");
    if (whole) { whole.checked = chosen > 0 && chosen === boxes.length; whole.indeterminate = chosen > 0 && chosen < boxes.length; }
    all("[data-chosen]", form).forEach((place) => { place.textContent = chosen ? place.dataset.chosen.replace("0", chosen) : ""; });
    all("[data-matching]", form).forEach((part) => { part.hidden = !(chosen && chosen === boxes.length); });
  });
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-select-all]"))
      all('input[name="device"]', event.target.closest("[data-selection]")).forEach((box) => { box.checked = event.target.checked; });
    countChosen();
  });
  document.addEventListener("htmx:afterSwap", countChosen);
  countChosen();

  // Time left, in minutes and seconds.
  const tick = () => all("[data-countdown]").forEach((place) => {
    const left = Math.max(0, Math.round((new Date(place.getAttribute("datetime")) - Date.now()) / 1000));
    const [days, hours, minutes] = [Math.floor(left / 86400), Math.floor(left / 3600) % 24, Math.floor(left / 60) % 60];
    if (days < 1) place.textContent = (hours ? `${hours}:${String(minutes).padStart(2, "0")}` : minutes) + ":" + String(left % 60).padStart(2, "0");
    if (!left && place.dataset.countdown === "reload") { delete place.dataset.countdown; location.reload(); }
  });
  tick();
  setInterval(tick, 1000);

  // What is typed while a form fetches itself anew is put into what has come.
  let sent = {}, typed = {};
  const saidIn = (form) => Object.fromEntries(new FormData(form));
  document.addEventListener("htmx:beforeRequest", (event) => {
    const form = event.target.closest("[data-keeps-typed]");
    if (form) sent = saidIn(form);
  });
  document.addEventListener("htmx:beforeSwap", (event) => {
    const now = event.detail.target.matches("[data-keeps-typed]") ? saidIn(event.detail.target) : {};
    typed = Object.fromEntries(Object.entries(now).filter(([name, value]) => value !== sent[name]));
  });
  document.addEventListener("htmx:afterSwap", () => Object.entries(typed).forEach(([name, value]) => {
    const fields = all(`[data-keeps-typed] [name="${CSS.escape(name)}"]`);
    const field = fields.find((one) => one.type !== "radio" || one.value === value);
    if (!field) return;
    if (field.type === "radio") field.checked = true; else field.value = value;
    if (field.tagName === "SELECT") field.dispatchEvent(new Event("change", { bubbles: true }));
  }));

  // Choices that show their answer at once; printing; and going through screens by the arrow keys.
  all("form[data-submit-on-change]").forEach((form) => form.addEventListener("change", () => form.requestSubmit()));
  document.addEventListener("click", (event) => { if (event.target.closest("[data-print]")) window.print(); });
  document.addEventListener("keydown", (event) => {
    const rel = { ArrowLeft: "prev", ArrowRight: "next" }[event.key];
    if (!rel || event.altKey || event.ctrlKey || event.metaKey || event.target.closest("input, select, textarea")) return;
    document.querySelector(`.stage a[rel="${rel}"]`)?.click();
  });

  // What a telephone has no room for is folded, though something is set in it.
  if (matchMedia("(max-width: 44rem)").matches)
    all("details[data-folds]").forEach((part) => { part.open = Boolean(part.querySelector('[aria-invalid="true"]')); });

  // Rules that are put in order by dragging their handle, or with the arrow keys on it.
  document.addEventListener("pointerdown", (event) => {
    const handle = event.target.closest("[data-reorder] [data-handle]");
    if (!handle || event.button) return;
    event.preventDefault();
    handle.focus();
    const item = handle.closest("[data-rule]"), form = handle.closest("[data-reorder]");
    const keys = () => all("[data-rule]", form).map((one) => one.dataset.rule).join(",");
    const before = keys();
    // Its neighbours give way: moved itself, it would lose the pointer.
    const middle = (one) => { const box = one.getBoundingClientRect(); return box.top + box.height / 2; };
    const move = ({ clientY }) => {
      const [above, below] = [item.previousElementSibling, item.nextElementSibling];
      if (above && clientY < middle(above)) item.after(above);
      else if (below && clientY > middle(below)) item.before(below);
    };
    const end = (dropped) => {
      handle.removeEventListener("pointermove", move);
      item.classList.remove("is-dragged");
      if (dropped.type !== "pointerup" || keys() === before) return;
      form.elements.order.value = keys();
      form.elements.moved.value = item.dataset.rule;
      form.submit();
    };
    item.classList.add("is-dragged");
    handle.setPointerCapture(event.pointerId);
    handle.addEventListener("pointermove", move);
    ["pointerup", "pointercancel"].forEach((name) => handle.addEventListener(name, end, { once: true }));
  });
  document.addEventListener("keydown", (event) => {
    const way = { ArrowUp: "up", ArrowDown: "down" }[event.key];
    // A rule that was moved has the focus itself.
    if (!way || !event.target.matches("[data-reorder] :is([data-handle], [data-rule])")) return;
    event.preventDefault();
    event.target.closest("[data-rule]").querySelector(`[data-move="${way}"]`)?.click();
  });

  // Copying.
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    await navigator.clipboard.writeText(button.dataset.copy);
    button.classList.add("copied");
  });

  // The chosen file's name in its field.
  document.addEventListener("change", (event) => {
    if (!event.target.matches('.drop input[type="file"]')) return;
    const drop = event.target.closest(".drop"), name = drop.querySelector(".drop-name"), files = [...event.target.files];
    const isTooLarge = files.reduce((sum, file) => sum + file.size, 0) > Number(document.body.dataset.takes || Infinity);
    // What would be refused anyway is not sent: everything else that is typed stays.
    if (isTooLarge) event.target.value = "";
    drop.classList.toggle("chosen", files.length > 0 && !isTooLarge);
    drop.classList.toggle("too-large", isTooLarge);
    if (isTooLarge) name.textContent = document.body.dataset.tooLarge;
    else if (files.length) name.textContent = files.map((file) => file.name).join(", ");
  });

  // Typing a name to confirm.
  all("[data-confirm-text]").forEach((field) => {
    const button = field.form.querySelector("[data-confirmed]");
    const check = () => { button.disabled = field.value.trim() !== field.dataset.confirmText; };
    field.addEventListener("input", check);
    check();
  });

  // Many switches at once, and finding one of them.
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-set-all]");
    if (!button) return;
    event.preventDefault();
    all(`input[name="${button.dataset.setAll}"]`).forEach((box) => { box.checked = button.dataset.to === "true"; });
  });
  const findRows = (form) => {
    const words = (form.querySelector("[data-find-in]")?.value || "").trim().toLowerCase();
    const version = form.querySelector("[data-version-of]")?.value || "";
    all("[data-words]", form).forEach((row) => {
      row.hidden = !row.dataset.words.toLowerCase().includes(words) || Boolean(version && !row.dataset.versions.split(" ").includes(version));
    });
    all("[data-group]", form).forEach((group) => { group.hidden = !group.querySelector("[data-words]:not([hidden])"); });
  };
  all("[data-find-in]").forEach((field) => {
    field.addEventListener("input", () => findRows(field.form));
    field.addEventListener("keydown", (event) => { if (event.key === "Enter") event.preventDefault(); });
    findRows(field.form);
  });
  all("[data-version-of]").forEach((field) => field.addEventListener("change", () => findRows(field.form)));
})();
