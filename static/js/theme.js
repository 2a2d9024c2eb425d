// Before the first paint: the theme the person chose, else the system's.
(() => {
  const root = document.documentElement;
  root.classList.add("js");
  const chosen = localStorage.getItem("theme");
  if (chosen) root.dataset.theme = chosen;
})();
